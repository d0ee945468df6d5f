using InboundSms.Storage;
using InboundSms.Submissions;
using ServiceDefaults.Sms;

namespace InboundSms.Routing;

/// <summary>Where a message belongs; decided from facts alone. Each message takes exactly one.</summary>
internal abstract record Route
{
    /// <summary>
    /// A case of its own, in the inbox of the position that the keyword names (BJN 12(4)). <paramref name="MayPrompt"/>: nothing stood behind the keyword, and the
    /// sender can be asked for it.
    /// </summary>
    public sealed record ToPosition(Addressee Addressee, bool IsSecret, MessageClass? Class, bool MayPrompt) : Route;

    /// <summary>By web form or call centre: a case of its own for whom was chosen there.</summary>
    public sealed record Submitted(Submission Submission, bool IsSecret) : Route;

    /// <summary>No keyword, but the sender has a case, or thanks for the answer to one: the message is part of it.</summary>
    public sealed record JoinCase(Guid CaseId, bool IsSecret, MessageClass? Class) : Route;

    /// <summary>A late part of a long message that is in a case already, or the suspected repeat of the message <paramref name="Repeats"/>.</summary>
    public sealed record PartOf(Guid CaseId, Guid? Repeats) : Route;

    /// <summary>No keyword fits: the secretariat's tray. <paramref name="MayHelp"/>: the sender can be told the keywords (BJN 12(7)).</summary>
    public sealed record ToTray(string UnknownKeyword, bool IsSecret, MessageClass? Class, bool MayHelp) : Route;

    /// <summary>CEK, and a number or the sender's latest case: no case, an answer to who filed it.</summary>
    public sealed record TellStatus(long? CaseNumber, bool MayAnswer) : Route;

    /// <summary>The citizen objects to the publication of his case, before or after it is public: no case, and the word that it will not be.</summary>
    public sealed record Unpublish(Guid CaseId, long CaseNumber) : Route;

    /// <summary>INFO alone: no case, the keywords.</summary>
    public sealed record TellKeywords(bool MayAnswer) : Route;

    /// <summary>The sender is blocked: kept for a person to look at, in no inbox.</summary>
    public sealed record Mute(Guid BlockId) : Route;

    /// <summary>STOP or MULAI alone: no case and no answer.</summary>
    public sealed record ChangeOptOut(bool IsOut) : Route;

    /// <summary>One number writes more than one person does: the message is part of the case that it has, whatever the first word.</summary>
    public sealed record Fold(Guid CaseId, bool IsSecret) : Route;

    /// <summary>An official answers a coordination SMS by its code (KOR 7(6)): no case, Broadcast finds whose it is.</summary>
    public sealed record AnswerBroadcast(BroadcastAnswer Answer) : Route;

    /// <summary>Kept, and nothing else.</summary>
    public sealed record KeepOnly(KeptReason Reason) : Route;

    /// <summary>What is known of a message.</summary>
    /// <param name="First">How it begins.</param>
    /// <param name="Standing">Where the sender's standing sends it, whatever it says; null: nowhere.</param>
    /// <param name="StatusOf">Whether it asks for a case, and which.</param>
    /// <param name="Broadcast">The coordination SMS that it answers by its code, and what it says.</param>
    /// <param name="Objection">The case that it objects to the publication of.</param>
    /// <param name="Sender">Who wrote.</param>
    /// <param name="IsOwnNumber">The sender is one of our channels.</param>
    /// <param name="IsOwnText">We wrote this text, to this number or to an official.</param>
    /// <param name="Addressee">Whom a word at the keyword's place names; null if nobody.</param>
    /// <param name="IsNextKeyword">The keyword stands behind a class word: KELUHAN DINKES.</param>
    /// <param name="OpenCase">The sender's open case with a position, the latest; null if none.</param>
    /// <param name="ThankedFor">The answered case that it thanks for; null if it says anything else.</param>
    public sealed record Facts(
        FirstWord First, Route? Standing, (bool IsAsked, long? Number) StatusOf, BroadcastAnswer? Broadcast, Objection? Objection, PhoneNumber Sender, bool IsOwnNumber, bool IsOwnText, Addressee? Addressee, bool IsNextKeyword, Guid? OpenCase, Guid? ThankedFor);

    public static Route Of(Facts facts)
    {
        var (first, canBeAnswered) = (facts.First, facts.Sender.CanBeAnswered);
        if (facts.IsOwnNumber)
            return new KeepOnly(KeptReason.OwnNumber);
        if (facts.IsOwnText)
            return new KeepOnly(KeptReason.OwnText);
        // It is his right, whatever else he writes.
        if (facts.Objection?.Case is { } his)
            return new Unpublish(his.Id, his.Number);
        if (facts.Standing is Mute or ChangeOptOut)
            return facts.Standing;
        if (facts.Objection?.CaseNumber is { } others)
            return new TellStatus(others, canBeAnswered);
        if (facts.StatusOf is (true, var number))
            return new TellStatus(number, canBeAnswered);
        // A keyword of that spelling is the city's own choice: what names a position belongs to it.
        if (facts is { Addressee: null, Broadcast: { } answer } && canBeAnswered)
            return new AnswerBroadcast(answer);
        if (facts.Standing is Fold)
            return facts.Standing;
        if (facts.Addressee is { } addressee)
        {
            var (@class, isEmpty) = facts.IsNextKeyword ? (first.Class, first.IsNextLast) : (first.NextClass, first.IsAlone || (first.NextClass is not null && first.IsNextLast));
            return new ToPosition(addressee, first.IsSecret, @class, isEmpty && canBeAnswered);
        }

        if (first.IsAlone && Keyword.Help.Contains(first.Word))
            return new TellKeywords(canBeAnswered);
        if ((facts.OpenCase ?? facts.ThankedFor) is { } caseId)
            return new JoinCase(caseId, first.IsSecret, first.Class);
        var unknown = first.Class is not null && first.Next.Length > 0 ? first.Next : first.Word;
        return new ToTray(unknown, first.IsSecret, first.Class, canBeAnswered);
    }
}

/// <summary>A citizen does not want to see a case published.</summary>
/// <param name="CaseNumber">That he names; null: his latest.</param>
/// <param name="Case">Null when it is not his, or he has none.</param>
internal sealed record Objection(long? CaseNumber, Objection.Of? Case)
{
    public sealed record Of(Guid Id, long Number);
}
