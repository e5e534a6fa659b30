package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.chat.RenderedText;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.jinja.Json;
import dev.sharegpt4v.models.jinja.Text;
import dev.sharegpt4v.models.jinja.Value;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A chat request as templates of Jinja's see it.
 *
 * @param template the request's own
 * @param messages as they came, and were checked
 * @param tools the functions that may be called, as they came
 * @param variables of the template's
 */
public record TemplateInput(
        Optional<String> template, List<JsonNode> messages, List<JsonNode> tools, Map<String, JsonNode> variables) {

    private static final JsonMapper JSON = new JsonMapper();
    /** What only the request itself says. */
    private static final Set<String> TAKEN = Set.of("messages", "tools", "chat_template", "tokenize");
    /** What the form of messages says in another way, or templates do not know. */
    private static final Set<String> DROPPED =
            Set.of("content", "refusal", "annotations", "audio", "prompt_cache_breakpoint");

    public TemplateInput {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** Reads the members; messages and tools were checked before. */
    static TemplateInput read(JsonFields fields, Optional<Tools> tools) {
        Map<String, JsonNode> variables = fields.has("chat_template_kwargs")
                ? fields.object("chat_template_kwargs").members()
                : Map.of();
        for (String name : variables.keySet()) {
            if (TAKEN.contains(name)) {
                String param = "chat_template_kwargs." + name;
                throw ApiException.invalid(param, "'" + param + "' is no variable that can be given.");
            }
        }
        List<JsonNode> messages = new ArrayList<>();
        fields.raw("messages").forEach(messages::add);
        List<JsonNode> told = new ArrayList<>();
        fields.raw("tools").forEach(tool -> {
            if (tools.isPresent()
                    && isAllowed(tools.get(), tool.at("/function/name").asText())) {
                told.add(tool);
            }
        });
        return new TemplateInput(fields.text("chat_template"), messages, told, variables);
    }

    private static boolean isAllowed(Tools tools, String name) {
        return tools.functions().stream().anyMatch(function -> function.name().equals(name));
    }

    /**
     * The messages of a request, in a template's form.
     *
     * @param parts whether content is a list of parts; else a text, in which pictures come first, as in training
     */
    public static List<Value> messages(ChatCompletionRequest chat, boolean parts) {
        return chat.form().isEmpty()
                ? chat.messages().stream()
                        .map(message -> message(message, parts))
                        .toList()
                : chat.form().get().messages().stream()
                        .map(message -> message(message, parts))
                        .toList();
    }

    private static Value message(WireMessage message, boolean parts) {
        Map<Value, Value> members = new LinkedHashMap<>();
        members.put(Text.own("role"), Text.own(name(message.role())));
        members.put(Text.own("content"), content(message.parts(), parts));
        return Value.Dict.of(members);
    }

    private static String name(Role role) {
        return switch (role) {
            case SYSTEM -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
        };
    }

    private static Value message(JsonNode message, boolean parts) {
        Map<Value, Value> members = new LinkedHashMap<>();
        message.properties().forEach(member -> {
            switch (member.getKey()) {
                case "role" ->
                    members.put(
                            Text.own("role"), Text.own(role(member.getValue().textValue())));
                case "tool_calls" -> {
                    if (!member.getValue().isNull()) {
                        members.put(Text.own("tool_calls"), calls(member.getValue()));
                    }
                }
                default -> {
                    if (!DROPPED.contains(member.getKey())) {
                        members.put(Text.own(member.getKey()), Json.value(member.getValue()));
                    }
                }
            }
        });
        members.put(Text.own("content"), content(wireParts(message), parts));
        return Value.Dict.of(members);
    }

    private static String role(String role) {
        return role.equals("developer") ? "system" : role;
    }

    private static List<WirePart> wireParts(JsonNode message) {
        JsonNode content = message.path("content");
        List<WirePart> parts = new ArrayList<>();
        if (content.isTextual()) {
            parts.add(new WirePart.Text(content.textValue()));
        } else if (content.isArray()) {
            for (JsonNode part : content) {
                String type = part.path("type").asText();
                parts.add(
                        type.equals("image_url")
                                ? new WirePart.ImageUrl(Optional.empty(), Optional.empty(), "messages")
                                : new WirePart.Text(part.path(type).asText()));
            }
        } else if (message.path("refusal").isTextual()) {
            parts.add(new WirePart.Text(message.path("refusal").textValue()));
        }
        return parts;
    }

    private static Value content(List<WirePart> content, boolean parts) {
        if (parts) {
            return Value.Items.of(content.stream().map(TemplateInput::part).toList());
        }
        List<Text> lines = new ArrayList<>();
        content.stream()
                .filter(WirePart.ImageUrl.class::isInstance)
                .forEach(_ -> lines.add(Text.own(RenderedText.IMAGE)));
        for (WirePart part : content) {
            if (part instanceof WirePart.Text(String words)) {
                lines.add(Text.foreign(words));
            }
        }
        return Text.lines(lines);
    }

    private static Value part(WirePart part) {
        Map<Value, Value> members = new LinkedHashMap<>();
        switch (part) {
            case WirePart.Text(String words) -> {
                members.put(Text.own("type"), Text.own("text"));
                members.put(Text.own("text"), Text.foreign(words));
            }
            case WirePart.ImageUrl _ -> members.put(Text.own("type"), Text.own("image"));
        }
        return Value.Dict.of(members);
    }

    /** Calls with their arguments as values, as templates want them. */
    private static Value calls(JsonNode calls) {
        List<Value> all = new ArrayList<>();
        for (JsonNode call : calls) {
            Map<Value, Value> members = new LinkedHashMap<>();
            call.properties().forEach(member -> {
                boolean function = member.getKey().equals("function");
                members.put(
                        Text.own(member.getKey()),
                        function ? function(member.getValue()) : Json.value(member.getValue()));
            });
            all.add(Value.Dict.of(members));
        }
        return Value.Items.of(all);
    }

    private static Value function(JsonNode function) {
        Map<Value, Value> members = new LinkedHashMap<>();
        members.put(Text.own("name"), Text.foreign(function.path("name").asText()));
        members.put(Text.own("arguments"), arguments(function.path("arguments").asText()));
        return Value.Dict.of(members);
    }

    private static Value arguments(String text) {
        try {
            JsonNode parsed = JSON.readTree(text);
            return parsed.isObject() ? Json.value(parsed) : Text.foreign(text);
        } catch (JsonProcessingException e) {
            return Text.foreign(text);
        }
    }
}
