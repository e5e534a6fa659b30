package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.image.ImageException;
import dev.sharegpt4v.models.image.ImageFormat;
import dev.sharegpt4v.models.image.ImageSize;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.telemetry.ImageMeters;
import dev.sharegpt4v.server.telemetry.ModelMetrics;
import dev.sharegpt4v.server.tracing.Span;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Untrusted image references to encoder inputs; a bounded number of images is decoded at one time. */
final class ImageIntake {

    private final ServedModel model;
    private final LiveLimits limits;
    private final ImageMeters metrics;
    private final ReferencedImages referenced;
    private final CpuWork decoding;
    private final Budget pixels;
    private final PreparedImages known;
    private final NamedImages named;

    /** For a model, beside what all models share. */
    ImageIntake(ServedModel model, ModelMetrics metrics, ImageWork shared) {
        this.model = model;
        this.limits = shared.live();
        this.metrics = metrics.images();
        this.pixels = shared.pixels();
        this.referenced = new ReferencedImages(shared.sources(), this.metrics);
        this.decoding = shared.decoding();
        long kept = shared.keptBytes();
        this.known = new PreparedImages(kept);
        this.named = new NamedImages(kept);
        metrics.watchBytes("prepared_images", "Prepared pictures that are kept", known::bytes, kept);
        metrics.watchBytes("named_images", "Prepared pictures that callers gave an id", named::bytes, kept);
    }

    /** Prepares the images of one request beside each other; the first one that is refused, in their order, is told. */
    static List<ImageInput> all(List<Supplier<ImageInput>> images) {
        if (images.size() < 2) {
            return images.stream().map(Supplier::get).toList();
        }
        Client client = LookAhead.currentClient();
        ExchangeNotes notes = ExchangeNotes.current();
        List<FutureTask<ImageInput>> tasks = new ArrayList<>();
        for (Supplier<ImageInput> image : images) {
            FutureTask<ImageInput> task = new FutureTask<>(image::get);
            Thread.ofVirtual().name("image").start(() -> notes.run(() -> Client.runFor(client, task)));
            tasks.add(task);
        }
        List<ImageInput> inputs = new ArrayList<>();
        try {
            for (FutureTask<ImageInput> task : tasks) {
                inputs.add(result(task));
            }
        } finally {
            // Of a request that is refused, nothing more is fetched.
            tasks.forEach(task -> task.cancel(true));
        }
        return inputs;
    }

    private static ImageInput result(FutureTask<ImageInput> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException refused) {
                throw refused;
            }
            throw new IllegalStateException("an image could not be prepared", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("server_stopping", "The server is stopping.");
        }
    }

    /** Pictures by the ids that callers gave them. */
    NamedImages named() {
        return named;
    }

    /** The image behind a URL; {@code param} is named in errors. */
    ImageInput fromUrl(String url, Orientation orientation, String param) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        byte[] bytes = scheme.equals("data") ? dataUri(url, param) : referenced.bytes(scheme, url, param);
        return fromBytes(bytes, orientation, param);
    }

    /** The image in these bytes. */
    ImageInput fromBytes(byte[] bytes, Orientation orientation, String param) {
        PreparedImages.Key key = PreparedImages.Key.of(bytes, orientation);
        Optional<ImageInput> found = known.find(key);
        metrics.lookedUp(found.isPresent());
        if (found.isPresent()) {
            Span.current().event("image.reused", System.nanoTime());
        }
        return found.orElseGet(() -> {
            ImageInput image = prepare(bytes, orientation, param);
            known.keep(key, image);
            return image;
        });
    }

    private ImageInput prepare(byte[] bytes, Orientation orientation, String param) {
        // What says that it is larger than a picture may be is refused before it is decoded.
        long size = ImageSize.pixels(bytes);
        try (AdmissionGate.Place _ =
                pixels.take(Math.min(size, limits.now().image().maxPixels()), param)) {
            long asked = System.nanoTime();
            ExchangeNotes notes = ExchangeNotes.current();
            return decoding.run(
                    LookAhead.currentClient(), () -> notes.call(() -> decode(bytes, size, orientation, param, asked)));
        }
    }

    private ImageInput decode(byte[] bytes, long size, Orientation orientation, String param, long asked) {
        long started = System.nanoTime();
        metrics.waited(started - asked);
        Span.current().part("image.wait", asked, started);
        // Run once, on this thread.
        long[] decoded = {started};
        try {
            ImageInput input = model.images()
                    .prepare(
                            bytes,
                            limits.now().image(),
                            orientation,
                            model.imageFeatureRows(),
                            () -> decoded[0] = System.nanoTime());
            String format = ImageFormat.of(bytes)
                    .map(found -> found.name().toLowerCase(Locale.ROOT))
                    .orElse("other");
            long prepared = System.nanoTime();
            metrics.prepared(format, size, decoded[0] - started, prepared - decoded[0]);
            trace(format, size, started, decoded[0], prepared);
            return input;
        } catch (ImageException e) {
            throw refusal(e, param);
        } catch (OutOfMemoryError e) {
            throw ApiException.unavailable("out_of_memory", "There is no room for this image now.");
        }
    }

    private static void trace(String format, long size, long started, long decoded, long prepared) {
        Span.current()
                .child("image.decode", started)
                .put("sharegpt4v.image.format", format)
                .put("sharegpt4v.image.pixels", size)
                .end(decoded);
        Span.current().part("image.preprocess", decoded, prepared);
    }

    private static byte[] dataUri(String url, String param) {
        int comma = url.indexOf(',');
        String header = comma < 0 ? "" : url.substring(0, comma).toLowerCase(Locale.ROOT);
        if (!header.endsWith(";base64")) {
            throw ApiException.badRequest(
                    "invalid_image_url", param, "A data URI must have the form data:image/...;base64,...");
        }
        try {
            return Base64.getMimeDecoder().decode(requireBase64(url.substring(comma + 1)));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid_base64", param, "The image is not valid base64.");
        }
    }

    /** The MIME decoder skips what it does not know; only white space may be skipped here. */
    private static String requireBase64(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean known = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '+'
                    || c == '/'
                    || c == '='
                    || c == '\n'
                    || c == '\r'
                    || c == ' '
                    || c == '\t';
            if (!known) {
                throw new IllegalArgumentException("not base64");
            }
        }
        return text;
    }

    private static ApiException refusal(ImageException e, String param) {
        String code = switch (e.kind()) {
            case UNSUPPORTED_FORMAT -> "unsupported_image_format";
            case MALFORMED -> "invalid_image";
            case TOO_LARGE -> "image_too_large";
        };
        return ApiException.badRequest(code, param, "Invalid image: " + e.getMessage() + ".");
    }
}
