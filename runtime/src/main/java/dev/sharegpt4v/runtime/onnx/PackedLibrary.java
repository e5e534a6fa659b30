package dev.sharegpt4v.runtime.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.Optional;

/**
 * A shared library that lies packed in a jar.
 *
 * @param name of its file
 * @param bytes of it, unpacked
 * @param content opens it; hundreds of megabytes for a GPU
 */
record PackedLibrary(String name, long bytes, Content content) {

    /** Opens a stream of the whole library. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }

    /** The library of a resource, if there is such a resource. */
    static Optional<PackedLibrary> of(Class<?> owner, String folder, String name) throws IOException {
        URL resource = owner.getResource(folder + name);
        if (resource == null) {
            return Optional.empty();
        }
        // A jar's directory knows the size; nothing is unpacked for it.
        URLConnection connection = resource.openConnection();
        return Optional.of(new PackedLibrary(name, connection.getContentLengthLong(), resource::openStream));
    }
}
