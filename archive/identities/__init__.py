"""Which records are one thing: a Drupal 7 node and the media entity it became, say."""
