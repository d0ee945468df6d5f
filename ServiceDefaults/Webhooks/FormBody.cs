using System.Buffers;
using System.Text;

namespace ServiceDefaults.Webhooks;

/// <summary>Fields of an <c>application/x-www-form-urlencoded</c> body, from its raw bytes: what a signature is checked over must be what was sent.</summary>
public static class FormBody
{
    private const int MostFields = 200;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The fields in the order sent, or null when the bytes are no form: bad escape, invalid UTF-8, over 200 fields.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? Parse(ReadOnlySpan<byte> body)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var name = Unescape(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Unescape(pair[(equals + 1)..]);
            if (name is null || value is null || fields.Count == MostFields)
                return null;
            fields.Add(new(name, value));
        }

        return fields;
    }

    /// <summary>The first value of a field, or null.</summary>
    public static string? Value(this IEnumerable<KeyValuePair<string, string>> fields, string name) =>
        fields.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();

    private static string? Unescape(ReadOnlySpan<byte> escaped)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(escaped.Length);
        try
        {
            var length = 0;
            for (var i = 0; i < escaped.Length; i++)
            {
                if (escaped[i] != '%')
                {
                    bytes[length++] = escaped[i] == '+' ? (byte)' ' : escaped[i];
                    continue;
                }

                if (i + 2 >= escaped.Length || Hex(escaped[i + 1]) is not { } high || Hex(escaped[i + 2]) is not { } low)
                    return null;
                bytes[length++] = (byte)((high << 4) | low);
                i += 2;
            }

            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    private static int? Hex(byte digit) => char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : null;
}
