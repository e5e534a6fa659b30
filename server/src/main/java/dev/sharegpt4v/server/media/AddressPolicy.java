package dev.sharegpt4v.server.media;

import java.net.InetAddress;

/** Which addresses may be connected to, whatever name led to them. */
@FunctionalInterface
interface AddressPolicy {

    boolean allows(InetAddress address);
}
