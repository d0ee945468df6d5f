using System.ComponentModel.DataAnnotations;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>The Administrator makes an own list of recipients (KOR 10a), empty at first.</summary>
internal static class CreateRecipientList
{
    internal const string NameTaken = "recipient_list_name_key";

    /// <param name="Name">No other list's.</param>
    public sealed record Request([Required, StringLength(100, MinimumLength = 1), RegularExpression(RegisterLetter.Line)] string Name);

    public static void Map(RouteGroupBuilder lists) => lists.MapPost("/", Handle)
        .WithName(nameof(CreateRecipientList)).WithSummary("Makes an own list of recipients").RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Created<ListRecipientLists.Item>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        var list = new RecipientList { Id = Guid.CreateVersion7(now), Name = request.Name.Trim(), CreatedBy = http.User.Actor, CreatedAt = now, Version = 1 };
        db.Add(list);
        db.WriteToAuditTrail(http, nameof(CreateRecipientList), ("RecipientList", list.Id), details: list.Name);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(NameTaken))
        {
            return Problems.Conflict("name-taken");
        }

        return TypedResults.Created((string?)null, ListRecipientLists.ToItem.Compile()(list));
    }
}
