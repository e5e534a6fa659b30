package dev.sharegpt4v.server;

import java.util.Optional;

/** The version of this build. */
public final class Version {

    /** As in the jar's manifest; "dev" when run from class files. */
    public static final String TEXT = Optional.ofNullable(
                    Version.class.getPackage().getImplementationVersion())
            .orElse("dev");

    private Version() {}
}
