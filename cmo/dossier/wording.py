"""What is said about exports, in both languages: why one is refused, why one failed, and what the worker is at."""

from __future__ import annotations

from cmo.errors import Sentence
from cmo.paper.words import Words

SENTENCES: dict[str, Sentence] = {
    "dossier_day_to_come": Sentence(
        "截至日期 {day} 晚于今天。",
        "{day} lies in the future.",
        "policy",
        todo_zh="请选择今天或者以前的某一天。",
        todo_en="Choose today or a day before.",
    ),
    "dossier_outside_grant": Sentence(
        "所选范围超出向您开放的范围。",
        "The scope goes beyond what has been opened to you.",
        "policy",
        todo_zh="请选择已开放的范围，或者请邀请您的企业扩大范围。",
        todo_en="Choose a scope that is open to you, or ask the company that invited you to widen it.",
    ),
    "dossier_too_many_at_once": Sentence(
        "您已有 {limit} 份档案在等待或者生成中。",
        "{limit} of your dossiers are waiting or being made.",
        "policy",
        todo_zh="请等待其中一份完成，或者取消一份。",
        todo_en="Wait until one of them is finished, or cancel one.",
    ),
    "dossier_too_many_today": Sentence(
        "您今天已申请 {limit} 份档案，达到每日上限。",
        "You have asked for {limit} dossiers today, which is the most for one day.",
        "policy",
        todo_zh="请明天再试，或者下载已经生成的档案。",
        todo_en="Try again tomorrow, or take one that has been made already.",
    ),
    "dossier_not_yours": Sentence(
        "只有申请该档案的人可以这样做。",
        "Only whoever asked for this dossier can do this.",
        "policy",
        todo_zh="请自行另外申请一份。",
        todo_en="Ask for one of your own.",
    ),
    "dossier_not_stopped": Sentence(
        "该档案正在生成或者已可下载，无需重新生成。",
        "This dossier is being made or lies ready; there is nothing to make again.",
        "policy",
        todo_zh="请刷新页面查看进度。",
        todo_en="Reload the page to see how far it is.",
    ),
    "dossier_file_gone": Sentence(
        "该档案尚未生成，或者保存期已过、文件已移除。",
        "This dossier is not made yet, or its time is over and its file has been removed.",
        "policy",
        todo_zh="请重新生成；截至日期相同的档案内容不变。",
        todo_en="Have it made again; a dossier of the same day says the same.",
    ),
    "dossier_ended_already": Sentence(
        "该档案已经结束，无法取消。",
        "This dossier has ended already and cannot be cancelled.",
        "policy",
        todo_zh="请刷新页面查看结果。",
        todo_en="Reload the page to see what came of it.",
    ),
}

#: Why an export came to nothing although nobody refused it.
PROBLEMS: dict[str, Words] = {
    "not_allowed": Words(
        "申请该档案的人在生成时已没有相应的权限。",
        "Whoever asked for it was no longer allowed to have it when it was being made.",
    ),
    "file_changed": Words(
        "生成期间有存储的文件发生变化。请重新生成。",
        "A stored file changed while the dossier was being made. Ask for it again.",
    ),
    "chain_grew": Words(
        "上次读取之后，记录链又写入了时间早于该时点的记录（例如当时尚未结束的导入），已无法生成与上次相同的档案。"
        "再次重新生成时将重新读取，包括这些记录，末位哈希随之不同。",
        "After it was read, entries that bear an earlier time were written to the chain (an import under way then, for one), so "
        "that the same dossier cannot be made any more. Made again once more, it is read anew, with these entries and another "
        "last hash.",
    ),
    "signing_key": Words(
        "配置的签名密钥无法使用。请联系系统管理员。",
        "The configured signing key cannot be used. Tell the administrator.",
    ),
    "files_away": Words(
        "存放文件的服务暂时没有响应。请过几分钟重新生成；持续如此请联系系统管理员。",
        "The service that keeps the files did not answer. Ask for it again in a few minutes; if it lasts, tell the administrator.",
    ),
    "worker_gone": Words(
        "生成过程意外中断。请重新生成。",
        "The work on it stopped without a word. Ask for it again.",
    ),
    "failed": Words(
        "生成时出现系统错误。请重新生成；再次失败请联系系统管理员。",
        "The system failed while making it. Ask for it again; if it fails again, tell the administrator.",
    ),
}

#: Steps of the work that are no section; ``Export.step`` holds one of these keys or the key of a section.
STEPS: dict[str, Words] = {
    "collecting": Words("读取记录", "Reading the records"),
    "binding": Words("合成PDF", "Putting the PDF together"),
    "docx": Words("生成Word文件", "Writing the Word file"),
    "json": Words("生成JSON数据", "Writing the data as JSON"),
    "archive": Words("打包文件和证明材料", "Packing documents and evidence files"),
}
