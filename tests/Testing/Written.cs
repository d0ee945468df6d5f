using System.Globalization;

namespace Testing;

/// <summary>A message as it must stand in the platform, to the last character.</summary>
/// <param name="Channel">By which provider it came.</param>
/// <param name="Id">The provider's; empty for what was joined from parts, and for a late part.</param>
/// <param name="Sender">E.164.</param>
/// <param name="Keyword">Of its case; empty: the tray's.</param>
/// <param name="IsIncomplete">Parts of it never came, or it is a part that came too late.</param>
/// <param name="Text">The citizen's words.</param>
public sealed record Written(string Channel, string Id, string Sender, string Keyword, bool IsIncomplete, string Text)
{
    /// <summary>Two messages that are the same but for their ids, whichever came first.</summary>
    public static string Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? $"{one} {other}" : $"{other} {one}";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Channel} '{Id}' {Sender} '{Keyword}' {(IsIncomplete ? "incomplete" : "whole")} {Text}");
}
