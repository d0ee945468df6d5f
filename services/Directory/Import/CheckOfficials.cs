using Directory.People;
using Directory.Storage;

namespace Directory.Import;

internal static class CheckOfficials
{
    public static void Check(Sheet sheet, Plan plan, Findings findings)
    {
        var phones = plan.Officials.Values.Where(official => official.NoticePhone is not null).Select(official => official.NoticePhone!).ToHashSet(StringComparer.Ordinal);
        var senders = plan.Officials.Values.SelectMany(official => official.SenderIds)
            .Where(sender => sender.RestsUntil is null || sender.RestsUntil > plan.Now).Select(sender => sender.SenderId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            if (!row.IsCode("employeeNumber", findings) || !row.IsName("name", findings))
                continue;
            var (phone, phoneProblem) = Contact.ReadNoticePhone(row["noticePhone"]);
            var (sender, senderProblem) = Contact.ReadSenderId(row["senderId"]);
            if (phoneProblem is not null)
                row.Refuse(findings, "noticePhone", phoneProblem);
            else if (senderProblem is not null)
                row.Refuse(findings, "senderId", senderProblem);
            else if (!written.Add(row["employeeNumber"]!))
                row.Refuse(findings, "employeeNumber", "import-twice");
            else if (plan.Officials.TryGetValue(row["employeeNumber"]!, out var known))
                Compare(row, known, phone, sender, plan, findings);
            else if (phone is not null && !phones.Add(phone))
                row.Refuse(findings, "noticePhone", "notice-phone-taken");
            else if (phone is not null && plan.RestingNumbers.Contains(phone))
                row.Refuse(findings, "noticePhone", "notice-phone-rests");
            else if (sender is not null && !senders.Add(sender))
                row.Refuse(findings, "senderId", "sender-id-taken");
            else
                Add(plan, new() { EmployeeNumber = row["employeeNumber"]!, Name = row["name"]!, NoticePhone = phone, NoticePhoneSince = phone is null ? null : plan.Now }, sender);
        }
    }

    private static void Compare(Row row, Official known, string? phone, string? sender, Plan plan, Findings findings)
    {
        var different = known.Name != row["name"] ? "name"
            : phone is not null && known.NoticePhone != phone ? "noticePhone"
            : sender is not null && known.SenderIdAt(plan.Now) != sender ? "senderId"
            : null;
        if (different is null)
            plan.Unchanged++;
        else
            row.Refuse(findings, different, "import-differs");
    }

    private static void Add(Plan plan, Official official, string? sender)
    {
        official.UseSenderId(sender, plan.Now, TimeSpan.Zero);
        plan.Officials.Add(official.EmployeeNumber, official);
        plan.NewOfficials.Add(official);
    }
}
