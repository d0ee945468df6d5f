using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults;

/// <summary>Times in requests: with an offset as written; without one, or a date alone, as the city's clock shows it. Answers are always UTC.</summary>
internal sealed class CityTimeJson(CityTime city) : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && city.TryReadLocal(reader.GetString(), out var local))
            return local;
        return reader.TryGetDateTimeOffset(out var instant) && CityTime.IsBounded(instant.Year) ? instant.ToUniversalTime().InMicroseconds : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
