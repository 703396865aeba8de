"""Addresses of the public pages."""

from django.urls import path

from predictor import composer_views, models_views, sending_views, views, vote_views
from predictor.contributions import contribution_views
from predictor.people import account_views, belonging_views, mine_views
from predictor.telegram.webhook import webhook
from predictor.why import explaining_views

urlpatterns = [
    path("", sending_views.start, name="start"),
    path("tray/", sending_views.tray, name="tray"),
    path("samples/", sending_views.sample, name="sample"),
    path("samples/<slug:name>.webp", sending_views.sample_picture, name="sample-picture"),
    path("uploads/<uuid:id>/", views.upload, name="upload"),
    path("uploads/<uuid:id>/state/", views.upload_state, name="upload-state"),
    path("uploads/<uuid:id>/photo.jpg", views.upload_photo, name="upload-photo"),
    path("uploads/<uuid:id>/retry/", views.retry, name="upload-retry"),
    path("uploads/<uuid:id>/copied/", views.copied, name="upload-copied"),
    path("uploads/<uuid:id>/columns/", composer_views.columns, name="upload-columns"),
    path("uploads/<uuid:id>/related/", composer_views.related, name="upload-related"),
    path("uploads/<uuid:id>/alternatives/", composer_views.alternatives, name="upload-alternatives"),
    path("uploads/<uuid:id>/why/", explaining_views.why, name="why"),
    path("uploads/<uuid:id>/look/", explaining_views.look_again, name="look-again"),
    path("uploads/<uuid:id>/map/", explaining_views.tag_map, name="tag-map"),
    path("posts/<int:id>/picture.jpg", explaining_views.post_picture, name="post-picture"),
    path("uploads/<uuid:id>/contribute/", contribution_views.contribute, name="contribute"),
    path("uploads/<uuid:id>/judge/", contribution_views.judge, name="judge"),
    path("uploads/<uuid:id>/compare/", vote_views.compare, name="compare"),
    path("compare-first/", vote_views.first, name="compare-first"),
    path("models/", models_views.models, name="models"),
    path("models/card.md", models_views.card, name="model-card"),
    path("contributions/", contribution_views.contributions, name="contributions"),
    path("contributions/<uuid:id>/", contribution_views.contribution, name="contribution"),
    path("contributions/<uuid:id>/photo.jpg", contribution_views.contribution_photo, name="contribution-photo"),
    path("contributions/<uuid:id>/withdraw/", contribution_views.withdraw, name="contribution-withdraw"),
    path("telegram/webhook/", webhook, name="telegram-webhook"),
    path("hashtags/", contribution_views.hashtags, name="hashtags"),
    path("hashtags/own/", composer_views.own, name="own-hashtags"),
    path("uploads/<uuid:id>/thumbnail.jpg", mine_views.thumbnail, name="upload-thumbnail"),
    path("uploads/<uuid:id>/delete/", mine_views.delete_photo, name="upload-delete"),
    path("account/join/", account_views.join, name="join"),
    path("account/log-in/", account_views.log_in, name="log-in"),
    path("account/log-out/", account_views.log_out, name="log-out"),
    path("account/password/", account_views.change_password, name="change-password"),
    path("mine/", mine_views.mine, name="mine"),
    path("mine/photos/delete/", mine_views.delete_photos, name="photos-delete"),
    path("mine/sets/", belonging_views.sets, name="sets"),
    path("mine/sets/save/", belonging_views.save_set, name="set-save"),
    path("mine/sets/<int:id>/", belonging_views.edit_set, name="set-edit"),
    path("mine/sets/<int:id>/delete/", belonging_views.delete_set, name="set-delete"),
    path("mine/muted/", belonging_views.muted, name="muted"),
    path("mine/muted/add/", belonging_views.mute, name="mute"),
    path("mine/muted/<int:id>/delete/", belonging_views.unmute, name="unmute"),
    path("mine/tokens/", belonging_views.tokens, name="tokens"),
    path("mine/tokens/<int:id>/revoke/", belonging_views.revoke_token, name="token-revoke"),
    path("mine/data/", mine_views.data, name="data"),
    path("mine/data/export/", mine_views.export, name="export"),
    path("mine/data/delete/", mine_views.delete_everything, name="delete-everything"),
]
