package dev.sharegpt4v.server.testing;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Bodies of chat requests. */
public final class Requests {

    private static final JsonMapper JSON = new JsonMapper();

    private Requests() {}

    /** A question without a picture. */
    public static ObjectNode text(String question) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", ScriptedServer.MODEL);
        body.put("temperature", 0);
        ObjectNode message = body.putArray("messages").addObject();
        message.put("role", "user");
        message.put("content", question);
        return body;
    }

    /** A question about pictures, given as data URIs. */
    public static ObjectNode about(String question, String... urls) {
        ObjectNode body = text(question);
        ArrayNode content = ((ObjectNode) body.at("/messages/0")).putArray("content");
        for (String url : urls) {
            ObjectNode part = content.addObject();
            part.put("type", "image_url");
            part.putObject("image_url").put("url", url);
        }
        ObjectNode part = content.addObject();
        part.put("type", "text");
        part.put("text", question);
        return body;
    }

    /** The same, streamed. */
    public static ObjectNode streamed(ObjectNode body) {
        body.put("stream", true);
        return body;
    }
}
