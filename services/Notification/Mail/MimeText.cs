using System.Globalization;
using System.Net;
using System.Text;

namespace Notification.Mail;

/// <summary>An e-mail whose intent is committed.</summary>
internal sealed record EmailToSend(
    Guid Id, int LeaseNo, int Attempt, bool IsTest, string? TraceParent, string To, string Subject, string Text, string? UnsubscribeUrl);

/// <summary>
/// Writes an e-mail as it travels (RFC 5322, 2045 to 2047): plain text, and HTML made from it. Words stand in Base64, so that none of them is ever read as a header, a
/// command or markup.
/// </summary>
internal static class MimeText
{
    // An encoded word has 75 characters at most (RFC 2047 2), so many bytes of UTF-8 fit into one.
    private const int WordBytes = 45;

    public static byte[] Of(EmailToSend email, EmailOptions options, DateTimeOffset now)
    {
        var boundary = $"=_{email.Id:n}";
        var domain = options.From.Split('@')[1];
        var text = new StringBuilder()
            .Header("From", options.FromName.Length == 0 ? options.From : $"{Words(options.FromName)} <{options.From}>")
            .Header("To", $"<{email.To}>")
            .Header("Subject", Words(email.Subject))
            .Header("Date", now.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture))
            .Header("Message-ID", $"<{email.Id:n}@{domain}>")
            .Header("MIME-Version", "1.0")
            // RFC 3834: no vacation note answers a machine.
            .Header("Auto-Submitted", "auto-generated");
        if (email.UnsubscribeUrl is { } url)
            text.Header("List-Unsubscribe", $"<{url}>").Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        text.Header("Content-Type", $"multipart/alternative; boundary=\"{boundary}\"").Append("\r\n");
        Part(text, boundary, "text/plain", email.Text.ReplaceLineEndings("\r\n"));
        Part(text, boundary, "text/html", HtmlOf(email.Subject, email.Text));
        return Encoding.ASCII.GetBytes(text.Append(CultureInfo.InvariantCulture, $"--{boundary}--\r\n").ToString());
    }

    /// <summary>In ASCII as it is, otherwise in encoded words, which are cut between characters and folded.</summary>
    internal static string Words(string text)
    {
        if (text.Length <= 60 && text.All(character => character is >= ' ' and <= '~' and not ('"' or '<' or '>' or ',' or ';' or ':' or '@' or '\\' or '(' or ')' or '[' or ']'))
            && !text.Contains("=?", StringComparison.Ordinal))
            return text;
        var (words, word) = (new List<string>(), new List<byte>());
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (word.Count + length > WordBytes)
                End();
            word.AddRange(bytes[..length]);
        }

        End();
        return string.Join("\r\n ", words);

        void End()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
            word.Clear();
        }
    }

    private static StringBuilder Header(this StringBuilder text, string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");

    private static void Part(StringBuilder text, string boundary, string type, string content)
    {
        text.Append(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        foreach (var line in Convert.ToBase64String(Encoding.UTF8.GetBytes(content)).Chunk(76))
            text.Append(line).Append("\r\n");
    }

    private static string HtmlOf(string subject, string text)
    {
        var paragraphs = text.ReplaceLineEndings("\n").Split("\n\n").Select(paragraph => $"<p>{WebUtility.HtmlEncode(paragraph).Replace("\n", "<br>\r\n", StringComparison.Ordinal)}</p>");
        return $"<!DOCTYPE html>\r\n<html><head><meta charset=\"utf-8\"><title>{WebUtility.HtmlEncode(subject)}</title></head><body>\r\n{string.Join("\r\n", paragraphs)}\r\n</body></html>\r\n";
    }
}
