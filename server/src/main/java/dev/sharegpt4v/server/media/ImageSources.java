package dev.sharegpt4v.server.media;

import java.util.Optional;

/**
 * Where images may come from besides the request itself.
 *
 * @param remote the network, where that is allowed
 * @param folder of this machine, where one is
 */
public record ImageSources(Optional<RemoteImages> remote, Optional<ImageFolder> folder) {

    /** From nowhere: what is not in the request is refused. */
    public static final ImageSources NONE = new ImageSources(Optional.empty(), Optional.empty());
}
