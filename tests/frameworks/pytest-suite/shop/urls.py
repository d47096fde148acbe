from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def users(request: HttpRequest) -> HttpResponse:
    if request.method == 'POST':
        User.objects.create_user(request.POST['name'])
    return HttpResponse(','.join(User.objects.order_by('username').values_list('username', flat=True)))


urlpatterns = [path('admin/', admin.site.urls), path('users', users)]
