/** The demo model behind the whole server, judged on scenes that it has not seen. */
@NullMarked
package dev.sharegpt4v.server.demo;

import org.jspecify.annotations.NullMarked;
