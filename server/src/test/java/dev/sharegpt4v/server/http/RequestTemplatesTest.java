package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.jinja.Template;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts by templates of requests and of the operator's. */
final class RequestTemplatesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROWS = 81;
    private static final int END = 2;
    private static final String PICTURE = Pictures.dataUri(Pictures.png(1));
    private static final ScriptedServer SERVER =
            new ScriptedServer("a red circle", new TemplateRules(Optional.empty(), true));

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static JsonNode golden() throws IOException {
        return JSON.readTree(Path.of("..", "models", "src", "test", "resources", "jinja", "templates.json")
                .toFile());
    }

    static Stream<Arguments> cases() throws IOException {
        JsonNode golden = golden();
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode expected : golden.get("cases")) {
            String template = expected.get("template").textValue();
            String dialogue = expected.get("dialogue").textValue();
            boolean continued = expected.get("continued").booleanValue();
            JsonNode messages = golden.get("dialogues").get(dialogue);
            if (continued
                    && !messages.path(messages.size() - 1).path("role").asText().equals("assistant")) {
                // Refused here, whatever a template would make of it.
                continue;
            }
            ObjectNode body = JSON.createObjectNode();
            body.set("messages", wire(messages));
            body.put("chat_template", golden.get("templates").get(template).textValue());
            body.put("add_generation_prompt", expected.get("generation").booleanValue());
            body.put("continue_final_message", continued);
            if (expected.get("tools").isArray()) {
                body.set("tools", expected.get("tools"));
            }
            cases.add(Arguments.of(template + ", " + dialogue, body, expected));
        }
        return cases.stream();
    }

    /** As the API has messages: pictures by their URL, arguments as text. */
    private static JsonNode wire(JsonNode messages) throws IOException {
        JsonNode copy = messages.deepCopy();
        for (JsonNode message : copy) {
            for (JsonNode part : message.path("content")) {
                if (part.path("type").asText().equals("image")) {
                    ((ObjectNode) part)
                            .put("type", "image_url")
                            .putObject("image_url")
                            .put("url", PICTURE);
                }
            }
            int call = 0;
            for (JsonNode made : message.path("tool_calls")) {
                ((ObjectNode) made).put("id", "c" + call++);
                ObjectNode function = (ObjectNode) made.get("function");
                function.put("arguments", JSON.writeValueAsString(function.get("arguments")));
            }
            if (message.path("role").asText().equals("tool")) {
                ((ObjectNode) message).put("tool_call_id", "c0");
            }
        }
        return copy;
    }

    /** Oracle: transformers' apply_chat_template; models/src/test/reference/jinja/golden.py. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void promptsAreThoseOfTransformers(String name, ObjectNode body, JsonNode expected) {
        Response answer = SERVER.post("/v1/chat/completions/render", body);
        if (expected.has("error")) {
            ErrorAnswer.is(answer, 400, "invalid_chat_template", "chat_template");
            return;
        }
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        String rendered = expected.get("rendered").textValue();
        // The begin token, which every prompt has, does not show.
        String shown = rendered.startsWith("<s>") ? rendered.substring(3) : rendered;
        assertThat((String) answer.path("prompt")).isEqualTo(shown);
        assertThat((String) answer.path("template")).isEqualTo("custom");
    }

    private static ObjectNode with(ObjectNode body, String template) {
        return body.put("chat_template", template);
    }

    private static JsonNode rendered(ObjectNode body) throws IOException {
        Response answer = SERVER.post("/v1/chat/completions/render", body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return JSON.readTree(answer.asByteArray());
    }

    private static List<Integer> ids(JsonNode rendered) {
        List<Integer> ids = new ArrayList<>();
        rendered.path("prompt_token_ids").forEach(id -> ids.add(id.asInt()));
        return ids;
    }

    @Test
    void picturesStandWhereTheTemplatePutsThemAndACallersWordsStayWords() throws IOException {
        ObjectNode body = with(
                Requests.about("<image> </s> <s>", PICTURE),
                "{{ bos_token }}A {{ messages[0].content }}{{ eos_token }}<s>B");
        JsonNode rendered = rendered(body);
        List<Integer> ids = ids(rendered);
        assertThat(rendered.path("prompt").asText()).isEqualTo("A <image>\n<image> </s> <s></s><s>B");
        assertThat(ids.stream().filter(id -> id == -200)).hasSize(ROWS);
        assertThat(ids.stream().filter(id -> id == 1)).hasSize(2);
        assertThat(ids.stream().filter(id -> id == END)).hasSize(1);
        List<Integer> words = new ArrayList<>();
        for (int id : SERVER.tokenizer().encode("A ")) {
            words.add(id);
        }
        assertThat(ids.indexOf(-200)).isEqualTo(1 + words.size());
    }

    @Test
    void aNumberOfPlacesOtherThanThatOfPicturesIsRefused() {
        ErrorAnswer.is(
                SERVER.chat(with(Requests.about("?", PICTURE), "{{ messages[0].content }}<image>")),
                400,
                "invalid_chat_template",
                "chat_template");
        ErrorAnswer.is(
                SERVER.chat(with(Requests.about("?", PICTURE), "{{ 'nothing' }}")),
                400,
                "invalid_chat_template",
                "chat_template");
        ErrorAnswer.is(
                SERVER.chat(with(Requests.text("<image>"), "<image>{{ messages[0].content }}")),
                400,
                "invalid_chat_template",
                "chat_template");
    }

    @Test
    void itsVariablesComeFromTheRequest() throws IOException {
        ObjectNode body =
                with(Requests.text("?"), "{{ mood }}-{{ deep.x[1] }}-{{ other }}-{{ add_generation_prompt }}");
        body.putObject("chat_template_kwargs")
                .put("mood", "<image>")
                .putObject("deep")
                .putArray("x")
                .add(1)
                .add(2);
        assertThat(rendered(body).path("prompt").asText()).isEqualTo("<image>-2--True");
        body.putObject("chat_template_kwargs").put("messages", 1);
        ErrorAnswer.is(SERVER.chat(body), 400, "invalid_value", "chat_template_kwargs.messages");
    }

    @Test
    void answersTokensAndStreamsFollowIt() {
        ObjectNode body = with(Requests.text("?"), "{{ messages[0].content }} ASSISTANT:");
        assertThat((String) SERVER.chat(body).path("choices[0].message.content"))
                .isEqualTo("a red circle");
        assertThat(SERVER.chat(body.deepCopy().put("stream", true)).asString()).contains("[DONE]");
        ObjectNode tokens = body.deepCopy();
        tokens.remove("temperature");
        int count = SERVER.post("/tokenize", tokens).path("count");
        assertThat(count).isEqualTo(1 + SERVER.tokenizer().encode("? ASSISTANT:").length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
                "{{ 'a' * 1000000000 }}",
                "{{ messages[0].content.__class__.__mro__ }}",
                "{% include '/etc/passwd' %}",
                "{{ raise_exception('no') }}",
                "{{",
            })
    void hostileOnesAreRefused(String template) {
        ErrorAnswer.is(SERVER.chat(with(Requests.text("?"), template)), 400, "invalid_chat_template", "chat_template");
    }

    @Test
    void promptsThatCanNeverFitAreRefused() {
        ErrorAnswer.is(
                SERVER.chat(with(Requests.text("?"), "{{ 'word ' * 100000 }}")),
                400,
                "context_length_exceeded",
                "messages");
    }

    @Test
    void anOperatorsTemplateIsForAllAndRequestsHaveNoneWithoutTrust() throws IOException {
        Template own = Template.of("{% for m in messages %}[{{ m.role }}] {{ m.content }}{{ extra }}{% endfor %}");
        try (ScriptedServer server = new ScriptedServer("ok", new TemplateRules(Optional.of(own), false))) {
            ObjectNode body = Requests.about("?", PICTURE);
            body.putObject("chat_template_kwargs").put("extra", "!");
            JsonNode rendered = JSON.readTree(
                    server.post("/v1/chat/completions/render", body).asByteArray());
            assertThat(rendered.path("prompt").asText()).isEqualTo("[user] <image>\n?!");
            ErrorAnswer.is(
                    server.chat(with(Requests.text("?"), "{{ messages }}")),
                    400,
                    "unsupported_parameter",
                    "chat_template");
            ObjectNode anthropic = JSON.createObjectNode().put("system", "S");
            anthropic.putArray("messages").addObject().put("role", "user").put("content", "?");
            int count = server.post("/v1/messages/count_tokens", anthropic).path("input_tokens");
            assertThat(count).isEqualTo(1 + server.tokenizer().encode("[system] S[user] ?").length);
        }
    }
}
