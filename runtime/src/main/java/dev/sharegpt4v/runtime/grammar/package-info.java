/**
 * Which tokens may come next under a grammar over bytes.
 *
 * <p>Owns the form of grammars, the pushdown automaton that reads them, and the walk over a vocabulary that turns its state
 * into a mask. Knows no JSON, no regular expressions and no text encoding: those who write grammars do.
 */
@NullMarked
package dev.sharegpt4v.runtime.grammar;

import org.jspecify.annotations.NullMarked;
