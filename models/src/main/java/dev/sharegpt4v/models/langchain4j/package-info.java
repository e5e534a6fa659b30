/**
 * LangChain4j's chat models over an engine in this process, for programs that have {@code langchain4j-core}; nobody else
 * gets it.
 */
@NullMarked
package dev.sharegpt4v.models.langchain4j;

import org.jspecify.annotations.NullMarked;
