using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Submissions;

/// <summary>How far a case has come, as its citizen sees it.</summary>
public enum Progress
{
    /// <summary>With the secretariat, which looks for whom it is.</summary>
    Received,
    /// <summary>With an official.</summary>
    InProgress,
    Answered,
    /// <summary>Will not be answered (BJN 10(2)).</summary>
    SetAside,
}

/// <summary>A citizen looks after his case with the receipt code: status, times, answers. Not his words, which he knows, nor his name: a code can be lost.</summary>
internal static class ReadCase
{
    /// <param name="Text">As given.</param>
    /// <param name="AnsweredAt">When.</param>
    public sealed record AnswerItem(string Text, DateTimeOffset AnsweredAt);

    /// <param name="CaseNumber">As in the address.</param>
    /// <param name="Status">How far it has come.</param>
    /// <param name="ReceivedAt">Our durable receipt.</param>
    /// <param name="DueAt">When the answer is due (BJN 13); null for the moment until the case is opened.</param>
    /// <param name="Keyword">Whose case it is; null with the secretariat.</param>
    /// <param name="Unit">The unit of that position.</param>
    /// <param name="Answers">Oldest first.</param>
    public sealed record Response(
        long CaseNumber, Progress Status, DateTimeOffset ReceivedAt, DateTimeOffset? DueAt, string? Keyword, string? Unit, IReadOnlyList<AnswerItem> Answers);

    public static void Map(RouteGroupBuilder web) => web.MapGet("/cases/{number:long}", Handle)
        .WithName(nameof(ReadCase)).WithSummary("How far a case has come, for whoever has its receipt code").RequirePermission(Permissions.Anybody)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        long number, [FromHeader(Name = "Receipt-Code"), StringLength(ReceiptCode.Longest)] string? receiptCode, HttpResponse response, InboundSmsDb db, CancellationToken stop)
    {
        response.Headers.CacheControl = "no-store";
        if (string.IsNullOrEmpty(receiptCode))
            return Problems.Invalid("Receipt-Code", "empty");
        var found = await (
            from submission in db.Submissions
            join message in db.Messages on submission.MessageId equals message.Id
            where submission.CaseNumber == number
            join opened in db.Cases on submission.CaseNumber equals opened.Number into cases
            from c in cases.DefaultIfEmpty()
            join position in db.Positions on c.PositionId equals position.Id into positions
            from position in positions.DefaultIfEmpty()
            join unit in db.Units on position.UnitId equals unit.Id into units
            from unit in units.DefaultIfEmpty()
            select new { submission.ReceiptCodeHash, message.ReceivedAt, Case = c, Unit = unit.Name }).AsNoTracking().SingleOrDefaultAsync(stop);
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.ReceiptCodeHash, ReceiptCode.HashOf(receiptCode)))
            return Problems.NotFound();
        if (found.Case is not { } smsCase)
            return TypedResults.Ok(new Response(number, Progress.Received, found.ReceivedAt, DueAt: null, Keyword: null, Unit: null, []));

        var answers = await db.Answers.Where(answer => answer.CaseId == smsCase.Id).OrderBy(answer => answer.AnsweredAt)
            .Select(answer => new AnswerItem(answer.Text, answer.AnsweredAt)).Take(Paging.PageSize).ToListAsync(stop);
        return TypedResults.Ok(new Response(number, ProgressOf(smsCase.Status), found.ReceivedAt, smsCase.DueAt, smsCase.Keyword, found.Unit, answers));
    }

    private static Progress ProgressOf(CaseStatus status) => status switch
    {
        CaseStatus.Unassigned => Progress.Received,
        CaseStatus.Open => Progress.InProgress,
        CaseStatus.SetAside => Progress.SetAside,
        // Also when its SMS failed: here it is read.
        _ => Progress.Answered,
    };
}
