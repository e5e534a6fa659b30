package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.convert.EmbeddingTable;
import dev.sharegpt4v.server.http.TokenEmbeddings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The token embeddings of a package, opened by the first request for them: chats need none, and starts wait for none. */
final class LateEmbeddings implements TokenEmbeddings {

    private final Path folder;
    private final PackageManifest served;
    private volatile @Nullable EmbeddingTable table;

    /** Those of a package as this manifest describes it. */
    LateEmbeddings(Path folder, PackageManifest served) {
        this.folder = folder;
        this.served = served;
    }

    /**
     * {@inheritDoc}
     *
     * @throws PackageException when the package cannot be read or is another one by now
     */
    @Override
    public float[] row(int token) {
        EmbeddingTable known = table;
        if (known == null) {
            known = open();
            // Two that come together open the same bytes.
            table = known;
        }
        return known.row(token);
    }

    private EmbeddingTable open() {
        EmbeddingTable opened = EmbeddingTable.open(folder);
        if (!ManifestJson.read(folder).files().equals(served.files())) {
            throw new PackageException(
                    PackageException.Kind.DAMAGED_FILE,
                    folder + ": was replaced while it is served; load the model anew for its embeddings");
        }
        return opened;
    }
}
