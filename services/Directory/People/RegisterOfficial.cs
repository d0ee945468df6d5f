using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.People;

/// <summary>Enters a person into the directory (DIR-1), with notice phone (DIR-5) and sender ID (DIR-4) if they are known.</summary>
public static class RegisterOfficial
{
    public sealed record Request(
        [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string EmployeeNumber,
        [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
        [StringLength(Contact.LongestNumberAsWritten)] string? NoticePhone = null,
        [StringLength(Contact.LongestSenderIdAsWritten)] string? SenderId = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/officials", HandleAsync).WithName(nameof(RegisterOfficial));

    private static async Task<Results<Created<ListOfficials.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, CancellationToken stop)
    {
        var (noticePhone, phoneProblem) = Contact.ReadNoticePhone(request.NoticePhone, db.NoticePhones);
        if (phoneProblem is not null)
            return Problems.Invalid("noticePhone", phoneProblem);
        var (senderId, senderProblem) = Contact.ReadSenderId(request.SenderId);
        if (senderProblem is not null)
            return Problems.Invalid("senderId", senderProblem);

        var now = db.EffectiveNow;
        var official = new Official { EmployeeNumber = request.EmployeeNumber, Name = request.Name.Trim() };
        official.UseNoticePhone(noticePhone, now);
        official.UseSenderId(senderId, now, TimeSpan.Zero);
        db.Add(official);
        db.Tell(official, caller.Actor, now);
        db.Write(caller, nameof(RegisterOfficial), ("Official", official.Id), null,
            new { official.EmployeeNumber, official.Name, official.NoticePhone, SenderId = senderId }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (Contact.ProblemOf(failure) is not null)
        {
            return Problems.Conflict(Contact.ProblemOf(failure)!);
        }

        return TypedResults.Created($"/api/directory/officials?employeeNumber={official.EmployeeNumber}", ListOfficials.ToItem(official, now));
    }
}
