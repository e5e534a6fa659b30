package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.logging.LogFormat;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code text} or {@code json}. Picocli makes it by reflection. */
final class LogFormats implements ITypeConverter<LogFormat> {

    @Override
    public LogFormat convert(String text) {
        for (LogFormat format : LogFormat.values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
                return format;
            }
        }
        throw new TypeConversionException("'" + text + "' is neither text nor json");
    }
}
