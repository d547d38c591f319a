"""Noise: what changes at every request is taken out, and nothing that anybody wrote."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.noise import NOISE, Noise

_HASHES = ("a" * 43, "b" * 43)

#: Two answers of one page: what differs means nothing.
_SAME = {
    "form build id": '<input type="hidden" name="form_build_id" value="form-{}" />',
    "form token": '<input type="hidden" name="form_token" value="{}" />',
    "form selector of Drupal 8": '<input data-drupal-selector="form-{}" type="hidden" />',
    "element of an ajax form": '<input id="edit-submit--{0:.11}" value="OK" />',
    "honeypot": '<input name="honeypot_time" value="{}" />',
    "captcha": '<input name="captcha_sid" value="{}" /><input name="captcha_token" value="{}" />',
    "view of Drupal 7": '<div class="view view-x view-dom-id-{0:.32}">',
    "view of Drupal 8": '<div class="js-view-dom-id-{0:.40}">',
    "settings of views": '{{"ajaxViews":{{"views_dom_id:{0:.32}":{{"view_name":"x"}}}}}}',
    "theme token": '"ajaxPageState":{{"theme":"parcs","theme_token":"{}"}}',
    "libraries": '"ajaxPageState":{{"libraries":"{}","theme":"parcs"}}',
    "permissions": '"user":{{"uid":0,"permissionsHash":"{}"}}',
    "image token": '<img src="/styles/logo/public/logo.png?itok={0:.8}" />',
    "aggregated style": '<link href="/files/css/css_{}.css?delta=0&amp;include={}" />',
    "aggregated style of advagg": '<link href="/files/css/css__{}__{}__x.css" />',
    "aggregated script": '<script src="/files/js/js_{}.js"></script>',
    "key of a style": '@import url("/modules/system/system.base.css?{0:.6}");',
    "key of a script": '<script src="/misc/drupal.js?{0:.6}"></script>',
    "key of a picture": '<img src="/sites/all/themes/parcs/logo.png?{0:.8}" alt="" />',
    "nonce": '<script nonce="{}">',
    "Cloudflare": '<a href="/cdn-cgi/l/email-protection#{0:.20}" data-cfemail="{0:.20}">',
    "Cloudflare's ray": "<script>window.__CF$cv$params={{r:'{0:.16}',t:'MTc2{0}'}};</script>",
    "New Relic": '{{"applicationTime":1{1},"atts":"{0}","queueTime":{1}}}',
    "date of today": "<p>Nous sommes le jeudi 2{1} novembre 2026</p>",
    "date and time": "<p>Nous sommes le 2{1}/11/2026 à 10:4{1}</p>",
    "time of the site": "<p>Dernière mise à jour du site : 10:4{1}</p>",
    "time of the page": "<p>Thème : Parcs. Page produite à 1{1}:42.</p>",
    "time ago": 'Publié il y a <em class="placeholder">{1} heures 12 min</em>',
    "time ago in English": 'Posted <em class="placeholder">{1} hours</em> ago',
    "comment of a cache": "<!-- Page cached by Boost @ 2026-11-2{1} 10:4{1}:12 -->",
    "counter of Drupal 7": '<li class="statistics_counter last"><span>10{1} lectures</span></li>',
    "counter of Drupal 8": '<span class="statistics-counter">10{1} vues</span>',
    "who is here": "<p>Il y a actuellement {1} utilisateurs et 1{1} invités en ligne.</p>",
    "sum of a captcha": '<span class="field-prefix">{1} + 4 = </span>',
}

#: Two pages that differ in something somebody wrote: it must not be taken for noise.
_DIFFERENT = {
    "date of an update": "<div>Dernière mise à jour : {}/08/2013</div>",
    "sentence about today": "<p>Nous sommes le {}e Parc de France.</p>",
    "sentence with an hour": "<p>Il est {}h30, le marché ouvre.</p>",
    "produced": "<p>Page produite avec {} partenaires.</p>",
    "views of a landscape": "<p><strong>{} vues</strong> panoramiques</p>",
    "lectures": "<li>{} lectures publiques</li>",
    "users": "<p>Le service compte actuellement {} utilisateurs.</p>",
    "placeholder": '<p>Ouvert <em class="placeholder">{} heures</em> par jour</p>',
    "download": '<a href="/guide-{}.pdf?download=1">Guide</a>',
    "picture": '<img src="/f/carte{}.png" />',
    "picture by query": '<img src="/image.png?page={}" />',
    "class of a node": '<body class="page-node-{} node-type-document">',
    "name in a form": '<input type="text" name="title" value="Guide {}" />',
    "year": "<div>Année du document : 20{}</div>",
    "custom token-like slug": '<a href="/centre-de-ressources/document/form-{}">x</a>',
    "css in a text": "<p>Le fichier style.css fait {} ko.</p>",
    "date of an event": "<p>Rendez-vous le jeudi {} novembre 2026 à 10:42</p>",
}

_BLOCKS = [
    '<div id="block-search-form" class="block block-search"><h2>Rechercher</h2></div>',
    '<section id="block-views-recents" class="block"><div><div>À lire</div></div></section>',
    '<div class="block block-simplenews"><p>Lettre</p></div>',
    '<nav id="block-menu" role="navigation"><ul><li>Accueil</li></ul></nav>',
]


@pytest.mark.parametrize("name", _SAME)
def test_what_changes_at_every_request_is_taken_out(name: str) -> None:
    one, two = (
        _SAME[name].format(key, number) for key, number in zip(_HASHES, (3, 7), strict=True)
    )
    assert one != two

    noise = Noise()

    taken_out = noise.taken_out_of(one.encode())
    assert taken_out == noise.taken_out_of(two.encode())
    assert noise.taken_out_of(taken_out) == taken_out


@pytest.mark.parametrize("name", _DIFFERENT)
def test_what_somebody_wrote_is_kept(name: str) -> None:
    one, two = (_DIFFERENT[name].format(number).encode() for number in (12, 13))

    assert Noise().taken_out_of(one) == one
    assert Noise().taken_out_of(two) == two


@given(st.permutations(_BLOCKS), st.sampled_from(["", "\n", "\n  "]))
def test_blocks_of_a_region_have_one_order(blocks: list[str], between: str) -> None:
    def page(row: list[str]) -> bytes:
        return f"<aside>{between.join(row)}</aside><p>Texte.</p>".encode()

    one = Noise().taken_out_of(page(blocks))

    assert one == Noise().taken_out_of(page(_BLOCKS))
    assert Noise().taken_out_of(one) == one
    assert len(one) == len(page(blocks))


def test_blocks_around_the_content_stay_where_they_are() -> None:
    page = b'<div id="block-title" class="block">T</div><div id="block-system-main">C</div>'

    assert Noise().taken_out_of(page) == page


def test_what_is_no_block_is_not_put_in_order() -> None:
    page = b'<div id="b" class="blocked">2</div><div id="a" class="unblock">1</div>'

    assert Noise().taken_out_of(page) == page


def test_own_rules_take_out_their_group_or_all_of_it() -> None:
    noise = Noise({"visit": 'data-visit="([^"]*)"', "météo": "Météo : [0-9]+ °C"})

    assert noise.taken_out_of('<p data-visit="8812">Météo : 12 °C</p>'.encode()) == (
        b'<p data-visit=""></p>'
    )


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_through_twice(body: bytes) -> None:
    once = Noise().taken_out_of(body)

    assert Noise().taken_out_of(once) == once


def test_a_hostile_page_costs_little() -> None:
    words = b"".join(rule.words for rule in NOISE)
    began = process_time()

    for page in (
        words * 3_000,
        b'<div class="block">' * 60_000,
        b'<div id="block-a" ' * 60_000,
        b'<div class="block"><p></div> ' * 30_000,
    ):
        Noise().taken_out_of(page)

    assert process_time() - began < 10
