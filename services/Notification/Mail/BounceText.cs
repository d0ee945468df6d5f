using System.Text;
using Notification.Storage;

namespace Notification.Mail;

/// <summary>Reads what a mail server sends to a return path (RFC 3464). The part for machines alone counts; the rest is for people, and can say anything.</summary>
internal static class BounceText
{
    /// <param name="Code">Enhanced status, or the action.</param>
    /// <param name="Told">What it means.</param>
    /// <param name="Reason">Of a failure.</param>
    internal sealed record Reading(string Code, SmsState Told, string? Reason);

    /// <summary>Null: no delivery report, such as a vacation note.</summary>
    public static Reading? Read(ReadOnlySpan<byte> message)
    {
        var lines = Encoding.Latin1.GetString(message).ReplaceLineEndings("\n").Split('\n');
        var type = FieldOf(lines, 0, "content-type");
        if (type is null || !type.Contains("multipart/report", StringComparison.OrdinalIgnoreCase) || !type.Contains("delivery-status", StringComparison.OrdinalIgnoreCase))
            return null;
        for (var at = Array.IndexOf(lines, ""); at >= 0 && at < lines.Length; at++)
        {
            if (lines[at].StartsWith("--", StringComparison.Ordinal) && FieldOf(lines, at + 1, "content-type") is { } part
                && part.StartsWith("message/delivery-status", StringComparison.OrdinalIgnoreCase))
                return ReadReport(lines, at + 1);
        }

        return null;
    }

    private static Reading? ReadReport(string[] lines, int at)
    {
        // The part's own header, the fields of the message, then a block for each recipient; ours has one.
        for (; at < lines.Length && !lines[at].StartsWith("--", StringComparison.Ordinal); at++)
        {
            if (lines[at].Length > 0 || FieldOf(lines, at + 1, "action") is not { } action)
                continue;
            var status = BounceReason.StatusIn(FieldOf(lines, at + 1, "status") ?? "");
            var code = status ?? "dsn";
            return action.Trim().ToUpperInvariant() switch
            {
                "FAILED" => new(code, SmsState.Failed, BounceReason.Of(status)),
                "DELIVERED" => new(code, SmsState.Delivered, null),
                "RELAYED" or "EXPANDED" => new(code, SmsState.AcceptedByOperator, null),
                "DELAYED" => new(code, SmsState.AcceptedByProvider, null),
                _ => null,
            };
        }

        return null;
    }

    /// <summary>A field of the header that begins at a line, unfolded; null if it has none of that name.</summary>
    private static string? FieldOf(string[] lines, int at, string name)
    {
        for (; at < lines.Length && lines[at].Length > 0; at++)
        {
            if (!lines[at].StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
                continue;
            var value = new StringBuilder(lines[at][(name.Length + 1)..].Trim());
            while (++at < lines.Length && lines[at].Length > 0 && lines[at][0] is ' ' or '\t')
                value.Append(' ').Append(lines[at].Trim());
            return value.ToString();
        }

        return null;
    }
}
