using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>
/// Who had a notice number and when, latest first (DIR-5). Asked by POST: a phone number has no place in a URL. Who guesses numbers would unmask them: so each question
/// needs a reason and is in the audit trail, also one without an answer (UU 27/2022: purpose).
/// </summary>
public static class FindPhoneHolders
{
    // One number changes hands seldom: the operator gives it out again after months.
    private const int Most = 50;

    public sealed record Request(
        [Required, StringLength(Contact.LongestNumberAsWritten)] string Number,
        [Required, StringLength(Spelling.LongestReason, MinimumLength = 3), RegularExpression(Spelling.Line)] string Reason);

    /// <param name="EmployeeNumber">Of the official.</param>
    /// <param name="OfficialName">His name.</param>
    /// <param name="From">Null for a number that is older than this record of it.</param>
    /// <param name="To">Null while it is his.</param>
    public sealed record Item(string EmployeeNumber, string OfficialName, DateTimeOffset? From, DateTimeOffset? To);

    // No Idempotency-Key: a repeated question is one more act.
    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/notice-phones/holders", HandleAsync).WithName(nameof(FindPhoneHolders));

    private static async Task<Results<Ok<IReadOnlyList<Item>>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, HttpResponse response, CancellationToken stop)
    {
        // Also one that could not be entered now.
        var (number, problem) = PhoneNumber.Parse(request.Number) is { Kind: SenderKind.Mobile } read ? (read.Value, null) : ((string?)null, "notice-phone");
        if (problem is not null)
            return Problems.Invalid("number", problem);
        var now = db.Officials.Where(official => official.NoticePhone == number)
            .Select(official => new Item(official.EmployeeNumber, official.Name, official.NoticePhoneSince, null));
        var before = db.FormerNoticePhones.Where(former => former.Number == number).OrderByDescending(former => former.UsedTo)
            .Select(former => new Item(former.Official!.EmployeeNumber, former.Official.Name, former.UsedFrom, former.UsedTo));
        List<Item> holders = [.. await now.ToListAsync(stop), .. await before.Take(Most).ToListAsync(stop)];
        db.Write(caller, nameof(FindPhoneHolders), ("NoticePhone", Guid.Empty), null,
            new { Number = number, EmployeeNumbers = holders.Select(holder => holder.EmployeeNumber).Distinct(StringComparer.Ordinal) }, request.Reason);
        await db.SaveChangesAsync(stop);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok<IReadOnlyList<Item>>(holders);
    }
}
