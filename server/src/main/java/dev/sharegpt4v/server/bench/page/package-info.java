/** Draws reports: one HTML file with inline SVG and nothing to load, for light and for dark screens. */
@NullMarked
package dev.sharegpt4v.server.bench.page;

import org.jspecify.annotations.NullMarked;
