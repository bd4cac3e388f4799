require("http").createServer((request, response) => {
  let body = "";
  request.on("data", (part) => { body += part; });
  request.on("end", () => response.end(body.toUpperCase()));
}).listen(8080, "127.0.0.1");
