using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Broadcast.Wording;

/// <summary>The text as it is kept: NFC, since two spellings of one letter would be two hashes, and with plain line ends.</summary>
internal static class BroadcastText
{
    public const int Longest = 1_600;

    public static string Kept(string written) => written.ReplaceLineEndings("\n").Normalize().Trim();

    /// <summary>What is wrong with it.</summary>
    public static ProblemHttpResult? Refuse(string field, string written, out string text)
    {
        text = "";
        if (!written.IsNormalizable)
            return Problems.Invalid(field, "control-characters");
        text = Kept(written);
        return !text.IsVisible ? Problems.Invalid(field, "empty")
            : text.Any(character => char.IsControl(character) && character != '\n') ? Problems.Invalid(field, "control-characters")
            : PlaceholderText.FirstUnknown(text) is not null ? Problems.Invalid(field, "broadcast-placeholder")
            : null;
    }
}
