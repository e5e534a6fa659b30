package dev.sharegpt4v.server.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pictures that requests ask about: encoded files, by the number of the request. Made before anything is timed. */
public final class Pictures {

    private final List<byte[]> files;

    private Pictures(List<byte[]> files) {
        this.files = files;
    }

    /** Requests of words only. */
    public static Pictures none() {
        return new Pictures(List.of());
    }

    /** The given files in turn. */
    public static Pictures of(List<byte[]> files) {
        return new Pictures(List.copyOf(files));
    }

    /** So many different JPEG pictures; equal seeds give equal pictures. */
    public static Pictures synthetic(int count, int width, int height, long seed) {
        List<byte[]> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(SyntheticPicture.jpeg(width, height, seed + i));
        }
        return new Pictures(files);
    }

    public boolean isEmpty() {
        return files.isEmpty();
    }

    /** The picture of a request, if it has one. */
    public Optional<byte[]> of(int request) {
        return files.isEmpty() ? Optional.empty() : Optional.of(files.get(request % files.size()));
    }
}
