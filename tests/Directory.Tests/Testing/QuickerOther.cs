using Directory.Auditing;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Directory.Tests.Testing;

/// <summary>Another administrator, who saves once between a handler's look at the record and its save.</summary>
public sealed class QuickerOther : SaveChangesInterceptor
{
    public Func<Task>? BeforeSave { get; set; }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        // Other saves, of the background, are not what is raced.
        if (BeforeSave is { } act && eventData.Context!.ChangeTracker.Entries<AuditEntry>().Any())
        {
            BeforeSave = null;
            await act();
        }

        return result;
    }
}
