using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.People;

/// <summary>Shows one person's number in full, for a reason, and notes in the audit trail that it was shown (UU 27/2022: purpose). Everywhere else it is masked.</summary>
public static class ShowNoticePhone
{
    public sealed record Request(
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    /// <param name="Number">E.164; null when none is registered.</param>
    public sealed record Response(string? Number);

    // No Idempotency-Key: a stored answer would be a number in one more place.
    internal static void Map(IEndpointRouteBuilder group) =>
        group.MapPost("/officials/{id:guid}/notice-phone/disclosure", HandleAsync).WithName(nameof(ShowNoticePhone));

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, HttpResponse response, CancellationToken stop)
    {
        if (await db.Officials.AsNoTracking().SingleOrDefaultAsync(official => official.Id == id, stop) is not { } official)
            return Problems.NotFound();
        db.Write(caller, nameof(ShowNoticePhone), ("Official", id), null, null, request.Reason);
        await db.SaveChangesAsync(stop);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(official.NoticePhone));
    }
}
