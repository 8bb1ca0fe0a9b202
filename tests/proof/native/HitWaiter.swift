import Foundation
import Tracker

/// State machine: waits for one hit at a time, first in first out.
final class HitWaiter: NSObject, TrackerDelegate {
    enum State { case idle, built(urls: [String], job: Job?) }
    final class Job {
        let finished: () -> Void
        var isDone = false
        init(_ finished: @escaping () -> Void) { self.finished = finished }
        func finish() { if !isDone { isDone = true; finished() } }
    }
    private var state = State.idle
    private var jobs: [Job] = []
    private let marks: [String]
    unowned let tracker: Tracker

    init(_ tracker: Tracker, name: String) {
        self.tracker = tracker
        marks = ["&p=\(name)", "&click=T"]
        super.init()
        tracker.delegate = self
    }

    func wait(seconds: Double, then finished: @escaping () -> Void) {
        let job = Job(finished)
        jobs.append(job)
        DispatchQueue.main.asyncAfter(deadline: .now() + seconds) { [weak self] in
            job.finish()
            if let self, self.tracker.delegate !== self { self.jobs.removeAll { $0 === job } }
        }
    }

    private func isOurs(_ url: String) -> Bool {
        let items = url.components(separatedBy: "&").dropFirst()
        return items.allSatisfy { item in
            let key = item.prefix { $0 != "=" }
            guard let mark = marks.first(where: { $0.hasPrefix("&\(key)=") }) else { return true }
            return "&\(item)" == mark
        }
    }

    private func enter(_ new: State) {
        if case .built(_, let job?) = state { job.finish() }
        state = new
    }

    func buildDidEnd(_ status: HitStatus, message: String) {
        let urls = message.split(separator: "\n").map(String.init)
        DispatchQueue.main.async { [self] in
            var job: Job?
            if !jobs.isEmpty && urls.allSatisfy(isOurs) { job = jobs.removeFirst() }
            enter(.built(urls: urls, job: job))
        }
    }
    func sendDidEnd(_ status: HitStatus, message: String) {
        DispatchQueue.main.async { [self] in
            guard status == .success, case .built(var urls, let job) = state, let at = urls.firstIndex(of: message) else { return }
            urls.remove(at: at)
            if urls.isEmpty { enter(.idle) } else { state = .built(urls: urls, job: job) }
        }
    }
    func saveDidEnd(_ message: String) {
        DispatchQueue.main.async { [self] in
            guard case .built(var urls, let job) = state else { return }
            urls.removeFirst()
            if urls.isEmpty { enter(.idle) } else { state = .built(urls: urls, job: job) }
        }
    }
    func warningDidOccur(_ message: String) {
        if message.hasSuffix("not sent") || message.hasPrefix("Hit could not be saved") {
            DispatchQueue.main.async { [self] in enter(.idle) }
        }
    }
    func errorDidOccur(_ message: String) {
        DispatchQueue.main.async { [self] in
            enter(.idle)
            if !jobs.isEmpty { jobs.removeFirst().finish() }
        }
    }
}
