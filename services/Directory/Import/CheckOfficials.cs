using Directory.People;
using Directory.Storage;

namespace Directory.Import;

internal static class CheckOfficials
{
    public static void Check(Sheet sheet, Plan plan, Findings findings)
    {
        var phones = plan.Officials.Values.Where(official => official.NoticePhone is not null).Select(official => official.NoticePhone!).ToHashSet(StringComparer.Ordinal);
        var senders = plan.Officials.Values.SelectMany(official => official.SenderIds).Where(sender => sender.ValidTo != sender.ValidFrom).ToList();
        var resting = senders.Where(sender => sender.RestsUntil > plan.Now).Select(sender => Contact.Looks(sender.SenderId)).ToHashSet(StringComparer.Ordinal);
        var used = senders.Where(sender => sender.EndsAfter(plan.Now)).Select(sender => Contact.Looks(sender.SenderId)).ToHashSet(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in sheet.Rows)
        {
            row.IsCode("employeeNumber", findings);
            row.IsName("name", findings);
            var (phone, phoneProblem) = Contact.ReadNoticePhone(row["noticePhone"], plan.NoticePhones);
            var (sender, senderProblem) = Contact.ReadSenderId(row["senderId"]);
            if (phoneProblem is not null)
                row.Refuse(findings, "noticePhone", phoneProblem);
            if (senderProblem is not null)
                row.Refuse(findings, "senderId", senderProblem);
            if (row["employeeNumber"] is not { } number)
                continue;
            if (!written.Add(number))
            {
                row.Refuse(findings, "employeeNumber", "import-twice");
                continue;
            }

            if (plan.Officials.TryGetValue(number, out var known))
            {
                row.Compare(plan, findings, ("name", known.Name == row["name"]), ("noticePhone", phone is null || known.NoticePhone == phone),
                    ("senderId", sender is null || known.SenderIdAt(plan.Now) == sender));
                continue;
            }

            if (phone is not null && !phones.Add(phone))
                row.Refuse(findings, "noticePhone", "notice-phone-taken");
            else if (phone is not null && plan.RestingNumbers.Contains(phone))
                row.Refuse(findings, "noticePhone", "notice-phone-rests");
            if (sender is not null && !used.Add(Contact.Looks(sender)))
                row.Refuse(findings, "senderId", "sender-id-taken");
            else if (sender is not null && resting.Contains(Contact.Looks(sender)))
                row.Refuse(findings, "senderId", "sender-id-rests");
            Add(plan, new() { EmployeeNumber = number, Name = row["name"] ?? "", NoticePhone = phone, NoticePhoneSince = phone is null ? null : plan.Now }, sender, row.IsRight);
        }
    }

    private static void Add(Plan plan, Official official, string? sender, bool isRight)
    {
        official.UseSenderId(sender, plan.Now, TimeSpan.Zero);
        plan.Officials.Add(official.EmployeeNumber, official);
        if (isRight)
            plan.NewOfficials.Add(official);
    }
}
