from django.urls import path

from chat import views

urlpatterns = [
    path('', views.home),
    path('rooms/<slug:room>/', views.room),
    path('rooms/<slug:room>/feed/', views.feed),
]
