-- What every browser takes.
wrk.headers["Accept-Encoding"] = "gzip"
