package dev.sharegpt4v.server.bench.chaos;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes requests.
 *
 * @param host of the server, as clients name it
 * @param headers sent with every request
 */
record HttpText(String host, Map<String, String> headers) {

    byte[] chat(String body) {
        return chat(body.getBytes(StandardCharsets.UTF_8));
    }

    byte[] chat(byte[] body) {
        return request("POST", "/v1/chat/completions", "application/json", body);
    }

    byte[] get(String path) {
        return request("GET", path, "", new byte[0]);
    }

    byte[] request(String method, String path, String contentType, byte[] body) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (!contentType.isEmpty()) {
            head.append("Content-Type: ")
                    .append(contentType)
                    .append("\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }
}
