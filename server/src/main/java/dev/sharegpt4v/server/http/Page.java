package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.common.uri.UriQuery;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list, as OpenAI's lists are paged.
 *
 * @param after id that the part begins behind
 * @param limit entries at most
 */
record Page(Optional<String> after, int limit) {

    static Page of(UriQuery query, int usual, int most) {
        Optional<String> after = query.first("after").asOptional().filter(id -> !id.isEmpty());
        return new Page(
                after, query.first("limit").map(text -> limit(text, most)).orElse(usual));
    }

    private static int limit(String text, int most) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= most) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("invalid_type", "limit", "'limit' must be an integer.");
        }
        throw ApiException.badRequest(
                "integer_out_of_range", "limit", "'limit' must be between 1 and " + most + ", got " + text + ".");
    }

    /** OpenAI's list object over this part. */
    ObjectNode list(List<ObjectNode> all) {
        List<ObjectNode> rest = all.subList(start(all), all.size());
        List<ObjectNode> part = rest.subList(0, Math.min(limit, rest.size()));
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.put("object", "list");
        list.putArray("data").addAll(part);
        list.set("first_id", part.isEmpty() ? null : part.getFirst().get("id"));
        list.set("last_id", part.isEmpty() ? null : part.getLast().get("id"));
        list.put("has_more", rest.size() > part.size());
        return list;
    }

    private int start(List<ObjectNode> all) {
        if (after.isEmpty()) {
            return 0;
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).path("id").asText().equals(after.get())) {
                return i + 1;
            }
        }
        throw ApiException.invalid("after", "No object has the id '" + after.get() + "'.");
    }
}
