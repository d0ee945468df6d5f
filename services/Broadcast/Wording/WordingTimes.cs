using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Broadcast.Wording;

/// <summary>When it goes, until when, and when that makes no sense.</summary>
internal static class WordingTimes
{
    /// <summary>A request takes a moment: what is due now is no mistake.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public static ProblemHttpResult? Refuse(WordBroadcast.Request request, DateTimeOffset now, out DateTimeOffset? sendAt, out DateTimeOffset? validUntil)
    {
        validUntil = null;
        if ((Moment.Refuse("sendAt", request.SendAt, out sendAt) ?? Moment.Refuse("validUntil", request.ValidUntil, out validUntil)) is { } wrong)
            return wrong;
        return WhyNot(sendAt, validUntil, request.Invitation?.StartsAt, now) is { } why ? Problems.Invalid(FieldOf(why), why)
            : request.Invitation is { EndsAt: { } end } && end <= request.Invitation.StartsAt ? Problems.Invalid("invitation.endsAt", "invitation-end")
            : null;
    }

    /// <summary>Why it cannot go any more, or never could; null when it can.</summary>
    public static string? WhyNot(DateTimeOffset? sendAt, DateTimeOffset? validUntil, DateTimeOffset? eventAt, DateTimeOffset now) =>
        sendAt < now - Grace ? "send-at-past" : WhyOver(validUntil, eventAt, sendAt > now ? sendAt.Value : now);

    /// <summary>Why it is of no use any more, whenever it was to go; null when it is. One whose time has only passed waits for a person when it is due.</summary>
    public static string? WhyOver(Revision revision, DateTimeOffset now) => WhyOver(revision.ValidUntil, Invitation.Read(revision.Invitation)?.StartsAt, now);

    private static string? WhyOver(DateTimeOffset? validUntil, DateTimeOffset? eventAt, DateTimeOffset goes) =>
        validUntil <= goes ? "valid-until" : eventAt <= goes ? "invitation-over" : null;

    private static string FieldOf(string why) => why switch
    {
        "send-at-past" => "sendAt",
        "valid-until" => "validUntil",
        _ => "invitation.startsAt",
    };
}
