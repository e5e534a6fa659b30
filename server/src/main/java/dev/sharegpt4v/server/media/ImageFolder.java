package dev.sharegpt4v.server.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Images of one folder by {@code file:} URLs; nothing outside of it is read, whatever links say. */
public final class ImageFolder {

    private static final String SCHEME = "file:///";

    private final Path root;
    private final long mostBytes;

    /**
     * Images of at most so many bytes under a folder.
     *
     * @throws IllegalArgumentException when it is no folder
     */
    public ImageFolder(Path folder, long mostBytes) {
        try {
            this.root = folder.toRealPath();
        } catch (IOException e) {
            throw new IllegalArgumentException("there is no folder " + folder + " for images", e);
        }
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException(folder + " is no folder for images");
        }
        this.mostBytes = mostBytes;
    }

    /**
     * The bytes of the file at a URL.
     *
     * @throws FetchException when it is none of this folder
     */
    public byte[] read(String url) {
        Path path = path(url);
        try {
            Path real = path.toRealPath();
            // Devices and pipes are files, too, and some have no end.
            if (!real.startsWith(root)
                    || !Files.readAttributes(real, BasicFileAttributes.class).isRegularFile()) {
                throw notFound();
            }
            if (Files.size(real) > mostBytes) {
                throw FetchException.tooLarge(mostBytes);
            }
            return bytes(real);
        } catch (IOException | SecurityException e) {
            throw notFound();
        }
    }

    private byte[] bytes(Path real) throws IOException {
        try (InputStream input = Files.newInputStream(real)) {
            byte[] bytes = input.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, mostBytes + 1));
            if (bytes.length > mostBytes) {
                throw FetchException.tooLarge(mostBytes);
            }
            return bytes;
        }
    }

    private static Path path(String url) {
        if (!url.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw FetchException.invalid("a URL of a file must start with file:///");
        }
        String escaped = url.substring(SCHEME.length() - 1);
        if (escaped.indexOf('?') >= 0 || escaped.indexOf('#') >= 0 || escaped.indexOf('\\') >= 0) {
            throw FetchException.invalid("a URL of a file has no query, no fragment and no backslash");
        }
        String plain = unescaped(escaped);
        if (plain.chars().anyMatch(Character::isISOControl)) {
            throw FetchException.invalid("the URL holds a control character");
        }
        try {
            return Path.of(plain);
        } catch (InvalidPathException e) {
            throw notFound();
        }
    }

    private static String unescaped(String url) {
        byte[] text = url.getBytes(StandardCharsets.UTF_8);
        ByteBuffer plain = ByteBuffer.allocate(text.length);
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '%') {
                plain.put(text[i]);
                continue;
            }
            int high = i + 2 < text.length ? Character.digit(text[i + 1], 16) : -1;
            int low = i + 2 < text.length ? Character.digit(text[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw FetchException.invalid("the URL holds a broken escape");
            }
            plain.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(plain.flip()).toString();
        } catch (CharacterCodingException e) {
            throw FetchException.invalid("the URL is no text");
        }
    }

    /** The same for what is missing and for what is not ours, so that nobody learns which files there are. */
    private static FetchException notFound() {
        return new FetchException(FetchException.Kind.NOT_FOUND, "this server has no image at this URL");
    }
}
