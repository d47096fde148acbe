from django.db import models


class Entry(models.Model):
    name = models.CharField(max_length=80)
    message = models.TextField(max_length=2000)
    photo = models.FileField(upload_to='photos/', blank=True)
    written_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ('-written_at',)
        verbose_name_plural = 'entries'

    def __str__(self) -> str:
        return f'{self.name}, {self.written_at:%Y-%m-%d %H:%M}'
