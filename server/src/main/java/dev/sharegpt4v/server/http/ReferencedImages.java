package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.image.ImageFormat;
import dev.sharegpt4v.server.media.FetchException;
import dev.sharegpt4v.server.media.ImageFolder;
import dev.sharegpt4v.server.media.ImageSources;
import dev.sharegpt4v.server.media.RemoteImages;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.telemetry.ImageMeters;
import dev.sharegpt4v.server.tracing.Span;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Bytes of images that a request only names; what a source refuses becomes an answer to the caller. */
final class ReferencedImages {

    private static final String NO_IMAGE = "not_an_image";

    private final ImageSources sources;
    private final ImageMeters metrics;

    ReferencedImages(ImageSources sources, ImageMeters metrics) {
        this.sources = sources;
        this.metrics = metrics;
        metrics.fetchErrors(Stream.concat(
                        Arrays.stream(FetchException.Kind.values()).map(ReferencedImages::reason), Stream.of(NO_IMAGE))
                .toList());
    }

    private static String reason(FetchException.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    byte[] bytes(String scheme, String url, String param) {
        boolean local = scheme.equals("file");
        if (!local && !scheme.equals("http") && !scheme.equals("https")) {
            throw notRead(param);
        }
        Span span = Span.current()
                .child("image.fetch", System.nanoTime())
                .put("sharegpt4v.image.source", local ? "folder" : "remote");
        try {
            return local ? local(url, param) : remote(url, param);
        } catch (ApiException e) {
            span.fail(e.code());
            throw e;
        } catch (FetchException e) {
            metrics.fetchFailed(reason(e.kind()));
            span.fail(reason(e.kind()));
            throw refusal(e, param);
        } finally {
            span.end(System.nanoTime());
        }
    }

    private byte[] remote(String url, String param) {
        Optional<RemoteImages> remote = sources.remote();
        if (remote.isEmpty()) {
            throw ApiException.badRequest(
                    "remote_images_disabled",
                    param,
                    "This server does not fetch images from the network; send the image as a data URI.");
        }
        long started = System.nanoTime();
        byte[] bytes = remote.get().fetch(url, LookAhead.currentClient()::onGone);
        metrics.fetched(ImageMeters.Source.REMOTE, System.nanoTime() - started);
        if (ImageFormat.of(bytes).isEmpty()) {
            metrics.fetchFailed(NO_IMAGE);
            // What a host says that it sent is not heeded, and nothing of what it sent is told.
            throw ApiException.badRequest(
                    "unsupported_image_format",
                    param,
                    "Invalid image: the URL leads to no JPEG, PNG, GIF, BMP or WebP.");
        }
        return bytes;
    }

    private byte[] local(String url, String param) {
        Optional<ImageFolder> folder = sources.folder();
        if (folder.isEmpty()) {
            throw notRead(param);
        }
        long started = System.nanoTime();
        byte[] bytes = folder.get().read(url);
        metrics.fetched(ImageMeters.Source.FOLDER, System.nanoTime() - started);
        return bytes;
    }

    private static ApiException notRead(String param) {
        return ApiException.badRequest(
                "invalid_image_url", param, "An image must be given as a data URI (data:image/...;base64,...).");
    }

    private static ApiException refusal(FetchException e, String param) {
        String code = switch (e.kind()) {
            case INVALID_URL -> "invalid_image_url";
            case NOT_ALLOWED -> "image_host_not_allowed";
            case NOT_FOUND -> "image_not_found";
            case FAILED -> "image_fetch_failed";
            case TIMEOUT -> "image_fetch_timeout";
            case TOO_LARGE -> "image_too_large";
            case BUSY -> throw ApiException.unavailable("overloaded", sentence(e));
            case CANCELLED -> throw ApiException.clientGone();
        };
        return ApiException.badRequest(code, param, "Invalid image: " + sentence(e));
    }

    private static String sentence(FetchException e) {
        return e.getMessage() + ".";
    }
}
