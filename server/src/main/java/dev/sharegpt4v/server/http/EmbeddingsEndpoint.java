package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.EmbeddingsRequest;
import dev.sharegpt4v.server.openai.EmbeddingsRequest.Input;
import dev.sharegpt4v.server.openai.EmbeddingsRequest.Piece;
import dev.sharegpt4v.server.openai.EmbeddingsWriter;
import dev.sharegpt4v.server.tracing.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * {@code POST /v1/embeddings}: the mean of what the decoder would be given of an input: the projected CLIP features of a
 * picture's patches, the embeddings of a text's tokens. The decoder itself does not run.
 */
final class EmbeddingsEndpoint implements JsonRoute {

    /** Pictures of one request that are under way together: their features take megabytes. */
    private static final int TOGETHER = 4;

    private final ServedModel model;
    private final HttpLimits limits;
    private final ImageIntake images;
    private final TextLimit textLimit;
    private final Identity identity;
    private final int width;

    EmbeddingsEndpoint(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.images = parts.images();
        this.textLimit = parts.textLimit();
        this.identity = parts.identity();
        this.width = model.engine().shape().hiddenSize();
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        EmbeddingsRequest asked = EmbeddingsRequest.read(
                body, model.defaults(), limits.maxImages(), model.tokenizer().vocabularySize(), width);
        asked.model().ifPresent(identity::requireModel);
        ExchangeNotes.current().asks("embeddings", identity.model(), "");
        List<MeanPool> pools = textLimit.each(client, asked.inputs(), pieces(asked), this::words);
        pictures(asked, pools, client);
        answer(reply, asked, pools);
    }

    private void answer(Reply reply, EmbeddingsRequest asked, List<MeanPool> pools) {
        List<float[]> vectors = new ArrayList<>();
        int positions = 0;
        for (int i = 0; i < pools.size(); i++) {
            if (pools.get(i).rows() == 0) {
                String param = asked.inputs().get(i).param();
                throw ApiException.invalid(param, "'" + param + "' must not be empty.");
            }
            positions += pools.get(i).rows();
            vectors.add(pools.get(i).vector(asked.unit()));
        }
        ExchangeNotes.current().addPrompt(positions);
        reply.send(EmbeddingsWriter.embeddings(identity.model(), vectors, asked.base64(), positions));
    }

    private static int pieces(EmbeddingsRequest asked) {
        return asked.inputs().stream().mapToInt(input -> input.pieces().size()).sum();
    }

    /** A pool of an input's tokens. */
    private MeanPool words(Input input) {
        MeanPool pool = new MeanPool(width);
        for (Piece piece : input.pieces()) {
            switch (piece) {
                case Piece.Words(String text, String param) -> {
                    textLimit.require(text, param);
                    for (int id : model.prompts().encode(text, false)) {
                        pool.add(model.embeddings().row(id));
                    }
                }
                case Piece.Ids(List<Integer> ids) ->
                    ids.forEach(id -> pool.add(model.embeddings().row(id)));
                case Piece.Picture _ -> {}
            }
        }
        return pool;
    }

    /** A picture and the pool that its features go into. */
    private record Place(Piece.Picture picture, MeanPool pool) {}

    private void pictures(EmbeddingsRequest asked, List<MeanPool> pools, Client client) throws InterruptedException {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            for (Piece piece : asked.inputs().get(i).pieces()) {
                if (piece instanceof Piece.Picture picture) {
                    places.add(new Place(picture, pools.get(i)));
                }
            }
        }
        for (int i = 0; i < places.size(); i += TOGETHER) {
            encode(asked, places.subList(i, Math.min(i + TOGETHER, places.size())), client);
        }
    }

    private void encode(EmbeddingsRequest asked, List<Place> places, Client client) throws InterruptedException {
        List<Supplier<ImageInput>> named = new ArrayList<>();
        for (Place place : places) {
            named.add(() -> images.fromUrl(
                    place.picture().url(), asked.orientation(), place.picture().param()));
        }
        List<ImageInput> inputs = ImageIntake.all(named);
        client.requirePresent();
        List<CompletableFuture<ImageFeatures>> features = new ArrayList<>();
        Span span = Span.current().child("encode", System.nanoTime()).put("sharegpt4v.images", inputs.size());
        try {
            for (ImageInput input : inputs) {
                CompletableFuture<ImageFeatures> answer = model.engine().encode(input);
                features.add(answer);
                client.onGone(() -> answer.cancel(true));
            }
            for (int i = 0; i < features.size(); i++) {
                places.get(i).pool().add(features.get(i).get().values());
            }
        } catch (EngineException e) {
            throw Completions.answer(e);
        } catch (CancellationException _) {
            throw ApiException.clientGone();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EngineException cause
                    ? Completions.answer(cause)
                    : new IllegalStateException("an image was not encoded. This is a bug.", e.getCause());
        } finally {
            span.end(System.nanoTime());
            features.forEach(answer -> answer.cancel(true));
        }
    }
}
