package dev.sharegpt4v.runtime.engine;

/**
 * What the caches spared since start.
 *
 * @param promptTokens positions of all prompts that began
 * @param cachedTokens of them, positions that were found in the prefix cache
 * @param imageHits images whose features were there or on their way
 * @param imageMisses images that had to be encoded
 * @param featureBytes bytes of image features that are there now
 * @param idleFeatureBytes of them, those that no live request needs: never more than their limit
 */
public record CacheUse(
        long promptTokens,
        long cachedTokens,
        long imageHits,
        long imageMisses,
        long featureBytes,
        long idleFeatureBytes) {}
