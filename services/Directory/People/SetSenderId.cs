using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace Directory.People;

/// <summary>
/// The name that an official's messages carry on the recipient's phone, now or from an instant on (DIR-4; BJN 1(20), 8(6), KOR 1(17), 7(6)). What was entered ahead is
/// cancelled: the latest word of the Administrator counts.
/// </summary>
public static class SetSenderId
{
    // Null takes it away; left out, by a slip of the pen, it does not.
    public sealed record Request(
        [Required] long? Version,
        [StringLength(Contact.LongestSenderIdAsWritten)][property: JsonRequired] string? SenderId,
        [InOurTime] DateTimeOffset? From = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPut("/officials/{id:guid}/sender-id", HandleAsync).WithName(nameof(SetSenderId))
        .ShowsCurrent<Official, ListOfficials.Item>(now => official => ListOfficials.ToItem(official, now));

    private static async Task<Results<Ok<ListOfficials.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (senderId, problem) = Contact.ReadSenderId(request.SenderId);
        if (problem is not null)
            return Problems.Invalid("senderId", problem);
        var now = db.EffectiveNow;
        var from = request.From?.ToUniversalTime() ?? now;
        if (from < now)
            return Problems.Invalid("from", "date-past");
        if (await db.Officials.SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        if (official.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");

        var before = new { SenderId = official.SenderIdAt(from) };
        official.UseSenderId(senderId, from, db.Rest.SenderId);
        official.Version++;
        db.Tell(official, caller.Actor, now);
        db.Write(caller, nameof(SetSenderId), ("Official", official.Id), before, new { SenderId = senderId, From = from }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Contact.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Contact.ProblemOf(failure)!);
        }

        return TypedResults.Ok(ListOfficials.ToItem(official, now));
    }
}
