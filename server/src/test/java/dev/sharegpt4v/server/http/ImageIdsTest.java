package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Pictures that callers give an id, and need not send again. */
final class ImageIdsTest {

    private static final String PARAM = "messages[0].content[0].uuid";
    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static ObjectNode sent(int picture, String uuid) {
        ObjectNode body = Requests.about("?", Pictures.dataUri(Pictures.png(picture)));
        ((ObjectNode) body.at("/messages/0/content/0")).put("uuid", uuid);
        return body;
    }

    private static ObjectNode named(String uuid) {
        ObjectNode body = sent(1, uuid);
        ((ObjectNode) body.at("/messages/0/content/0")).remove("image_url");
        return body;
    }

    private static int cached(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("usage.prompt_tokens_details.cached_tokens");
    }

    @Test
    void aPictureThatWasSentBeforeNeedsItsIdOnly() {
        cached(SERVER.chat(sent(1, "one")));
        int prompt = SERVER.chat(named("one")).path("usage.prompt_tokens");
        assertThat(cached(SERVER.chat(named("one")))).isEqualTo(prompt - 1);
        ObjectNode empty = named("one");
        ((ObjectNode) empty.at("/messages/0/content/0")).putObject("image_url");
        assertThat(cached(SERVER.chat(empty))).isEqualTo(prompt - 1);
        assertThat(SERVER.metrics()).contains("sharegpt4v_named_images_bytes");
    }

    @Test
    void anIdThatNobodyGaveIsUnknown() {
        ErrorAnswer.is(SERVER.chat(named("nobody's")), 400, "unknown_image", PARAM);
        ErrorAnswer.is(SERVER.chat(named("")), 400, "invalid_value", PARAM);
    }

    @Test
    void callersOfAnotherSaltDoNotSeeIt() {
        cached(SERVER.chat(sent(2, "two").put("cache_salt", "mine")));
        assertThat(SERVER.chat(named("two").put("cache_salt", "mine")).statusCode())
                .isEqualTo(200);
        ErrorAnswer.is(SERVER.chat(named("two")), 400, "unknown_image", PARAM);
        ErrorAnswer.is(SERVER.chat(named("two").put("cache_salt", "yours")), 400, "unknown_image", PARAM);
    }

    @Test
    void anIdThatIsGivenAgainIsTheLatestPictures() {
        cached(SERVER.chat(sent(3, "three")));
        cached(SERVER.chat(sent(4, "three")));
        int prompt = SERVER.chat(sent(4, "three")).path("usage.prompt_tokens");
        assertThat(cached(SERVER.chat(named("three")))).isEqualTo(prompt - 1);
    }
}
