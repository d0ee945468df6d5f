using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>Where a message belongs; decided from facts alone.</summary>
internal abstract record Route
{
    /// <summary>A case of its own, in the inbox of the position that the keyword names (BJN 12(4)).</summary>
    public sealed record ToPosition(Addressee Addressee, bool IsSecret) : Route;

    /// <summary>No keyword, but the sender has a case: the message is part of it.</summary>
    public sealed record JoinCase(Guid CaseId, bool IsSecret) : Route;

    /// <summary>No keyword fits: the secretariat's tray. <paramref name="MayHelp"/>: the sender can be told the keywords (BJN 12(7)).</summary>
    public sealed record ToTray(string UnknownKeyword, bool IsSecret, bool MayHelp) : Route;

    /// <summary>Our own number wrote to us: kept, and nothing else, or two systems would talk for ever.</summary>
    public sealed record KeepOnly : Route;

    /// <param name="first">Of the citizen's words.</param>
    /// <param name="sender">Who wrote.</param>
    /// <param name="isOwnNumber">The sender is one of our channels.</param>
    /// <param name="addressee">Whose word the first one is; null if nobody's.</param>
    /// <param name="openCase">The sender's open case with a position, the latest; null if none.</param>
    public static Route Of(FirstWord first, PhoneNumber sender, bool isOwnNumber, Addressee? addressee, Guid? openCase)
    {
        if (isOwnNumber)
            return new KeepOnly();
        if (addressee is not null)
            return new ToPosition(addressee, first.IsSecret);
        if (openCase is { } caseId)
            return new JoinCase(caseId, first.IsSecret);
        var isOptOut = first.IsAlone && Keyword.OptOut.Contains(first.Word);
        return new ToTray(first.Word, first.IsSecret, sender.CanBeAnswered && !isOptOut);
    }
}
