package dev.sharegpt4v.server.media;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Names to addresses; asked once for each connection. */
@FunctionalInterface
interface Resolver {

    /** All addresses of a name, best first. */
    List<InetAddress> resolve(String name) throws UnknownHostException;
}
