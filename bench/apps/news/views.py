from django.shortcuts import render

from .models import Article

PAGE_SIZE = 10


def front(request):
    """One query; that nobody is logged in is found out from the session, which needs none."""
    return render(request, 'news/front.html', {'articles': Article.objects.order_by('-published')[:PAGE_SIZE]})
