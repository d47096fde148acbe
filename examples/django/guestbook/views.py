from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .forms import EntryForm
from .models import Entry

SHOWN_MAX = 50


@require_http_methods(['GET', 'HEAD', 'POST'])
def home(request: HttpRequest) -> HttpResponse:
    """The page with the newest entries and the form that adds one."""
    form = EntryForm(request.POST or None)
    if form.is_valid():
        form.save()
        messages.success(request, 'Thank you. Your entry is below.')
        return redirect('home')
    visits = request.session['visits'] = request.session.get('visits', 0) + 1
    entries = Entry.objects.all()[:SHOWN_MAX]
    return render(request, 'guestbook/home.html', {'entries': entries, 'form': form, 'visits': visits})
