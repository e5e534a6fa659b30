package dev.sharegpt4v.server;

import io.helidon.common.tls.Tls;
import java.nio.file.Path;
import java.util.List;

/** Where a server's certificate and key are. */
public sealed interface TlsFiles permits PemFiles, Pkcs12File {

    /** What to look at for changes. */
    List<Path> files();

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException when they cannot be read or do not belong together
     */
    Tls read();
}
