-- What Chrome sends when a visitor follows a link on a site that has set a few cookies: 1 KB with the request line.
wrk.headers["Connection"] = "keep-alive"
wrk.headers["Sec-Ch-Ua"] = '"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"'
wrk.headers["Sec-Ch-Ua-Mobile"] = "?0"
wrk.headers["Sec-Ch-Ua-Platform"] = '"Linux"'
wrk.headers["Upgrade-Insecure-Requests"] = "1"
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
wrk.headers["Sec-Fetch-Site"] = "same-origin"
wrk.headers["Sec-Fetch-Mode"] = "navigate"
wrk.headers["Sec-Fetch-User"] = "?1"
wrk.headers["Sec-Fetch-Dest"] = "document"
wrk.headers["Referer"] = "https://www.example.org/articles/2025/01/?order=newest"
wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
wrk.headers["Accept-Language"] = "en-GB,en;q=0.9,de;q=0.8"
wrk.headers["Cookie"] = "csrftoken=cLMbMpnyUTVSgYmIM7vF2pR0sXe4dKqJ; theme=dark; consent=yes; _ga=GA1.1.1234567890.1234567890; _ga_9XW2K7=GS1.1.1730000000.3.1.1730000300.0.0.0; _fbp=fb.1.1730000000000.1234567890; preferences=%7B%22columns%22%3A3%2C%22sort%22%3A%22newest%22%2C%22units%22%3A%22metric%22%7D; seen=front,archive,about"
